"""Chances of single cases (a customer leaves, a contact ends badly): learned as points, and held against what happened."""
