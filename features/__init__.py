"""Behaviour in, numbers out: events, their warehouse, histories and the features computed from them."""
