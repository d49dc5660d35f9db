"""The words of filters: JSON with paths, and days."""
