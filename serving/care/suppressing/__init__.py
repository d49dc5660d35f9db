"""Suppressions as they come in: rows of requests and files, checked before anything is stored."""
