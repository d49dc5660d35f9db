"""A small simulated shop of a whole year."""

from __future__ import annotations

from pathlib import Path

from features.events.simulate import SimulationSettings
from features.shop_folder import ShopFolder
from tests.small_shop import simulated

SETTINGS = SimulationSettings(customers=400, items=60, days=365, events_per_customer=60, seed=3)
"""The year 2025."""


def simulated_year(path: Path) -> ShopFolder:
    """The shop in ``path``."""
    return simulated(path, SETTINGS)
