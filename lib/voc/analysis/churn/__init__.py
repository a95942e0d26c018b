"""Who leaves, when, and after what: customers between their contacts and their leaving."""
