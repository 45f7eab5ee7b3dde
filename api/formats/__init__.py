"""Lists as files: any list of the API also as CSV or as one JSON object a line."""
