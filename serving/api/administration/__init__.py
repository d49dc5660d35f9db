"""Addresses for those who run the service."""
