"""Stores of what marketers decide, one for each table."""
