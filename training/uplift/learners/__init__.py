"""Learners of uplift: one way of asking all of them, ``fit(features, treated, outcome)`` and ``uplift(features)``."""
