"""What lies ahead: satisfaction, load, the people it takes, and single contacts, each with how sure that is."""
