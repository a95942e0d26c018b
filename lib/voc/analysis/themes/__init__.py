"""What customers talk about: how much, how it changes, in which mood, and in their own words."""
