"""Feeds of what changed: pure functions from events to the bytes that readers and calendars understand."""
