"""Longer work on a shop, done by a process of its own beside the service."""
