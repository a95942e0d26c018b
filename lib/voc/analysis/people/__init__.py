"""Differences between the people who serve, after what they handle, without names or ranks."""
