"""What lies ahead: satisfaction, volume and the hands they need, each with how sure that is and what chance alone does."""
