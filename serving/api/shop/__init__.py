"""Routes about the shop's own numbers."""
