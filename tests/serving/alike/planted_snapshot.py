"""The shop with four planted kinds of customers, published with its clusters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.publish import publish
from tests.rules_bundle import rules_bundle
from tests.small_shop import EventRow, append, events, shop
from tests.training.customers.alike.planted_kinds import AS_OF, bots, catalogue, rows
from training.customers.alike.alike import Alike

NOW = AS_OF + timedelta(hours=12)

GLANCE: EventRow = ("glance", "view", "tea0", AS_OF - timedelta(days=1))
"""Somebody of whom too little is known."""


def planted_snapshot(folder: Path, of_each: int = 80) -> ShopFolder:
    """A shop of so many customers of each kind, six bots and one who looked once."""
    made = shop(folder, buckets=2)
    append(made, events(*rows(of_each), *bots(), GLANCE))
    Warehouse.open(made).put_items(catalogue())
    behaviour = Behaviour.of(made)
    bundle = replace(rules_bundle(behaviour, AS_OF), alike=Alike.fit(behaviour, AS_OF))
    publish(behaviour, bundle, made, now=NOW)
    return made
