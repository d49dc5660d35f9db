"""The goals: what a shop wants foreseen."""

from __future__ import annotations

PURCHASE, VIEW = "purchase", "view"
"""What is bought within the horizon, or, in a shop where nothing is ever bought, the next item of the visit."""
