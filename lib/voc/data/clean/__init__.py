"""Cleaning: each module holds the steps of one subject, each step a function from table to Outcome."""
