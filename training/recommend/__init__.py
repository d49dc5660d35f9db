"""Models about items: named candidate sources, the blend, the ranker and related items."""
