"""Backups: a whole shop in one file, made while the service runs, and a shop made from it."""
