"""Settings, the monthly runner and the command line."""
