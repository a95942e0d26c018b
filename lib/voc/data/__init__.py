"""Interactions come in: schema, store, importers, cleaning, privacy, the embedded sample."""
