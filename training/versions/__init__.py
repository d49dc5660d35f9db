"""Keeping trained versions: where the store lies, what a run holds, and how aliases move."""
