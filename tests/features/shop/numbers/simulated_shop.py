"""A small simulated shop in a zone whose days begin eight hours before those of UTC."""

from __future__ import annotations

from pathlib import Path

from features.events.simulate import SimulationSettings
from features.shop_folder import ShopFolder
from tests.small_shop import simulated

SETTINGS = SimulationSettings(customers=150, items=60, days=110, events_per_customer=40, seed=11)
"""From 1 January 2025 to 20 April."""


def simulated_shop(path: Path) -> ShopFolder:
    """The shop in ``path``."""
    return simulated(path, SETTINGS)
