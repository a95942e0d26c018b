"""Alerts that deserve trust: what is watched, what is beyond chance, one incident told once, and how right it was."""
