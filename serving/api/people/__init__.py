"""Addresses about customers."""
