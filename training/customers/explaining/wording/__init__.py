"""Sentences about customers, put into words for many at once."""
