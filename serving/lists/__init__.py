"""Target lists for marketers."""
