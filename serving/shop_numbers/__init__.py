"""The shop's own numbers as people ask for them."""
