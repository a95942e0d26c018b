"""What comes in and goes out, when, by which channel, and how waiting follows."""
