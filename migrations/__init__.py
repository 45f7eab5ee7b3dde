"""The history of the database, one revision per file of `versions/`; `api.db.migrate` runs it."""
