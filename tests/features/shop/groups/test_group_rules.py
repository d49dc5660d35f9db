"""The groups of a shop: alone as in the crowd, and blind to the future."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.shop.groups import group_rules
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder, ShopSettings
from tests.small_shop import append, moment, random_events, stored

CUTOFF = datetime(2024, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """Two hundred people over 400 days, a hundred of which lie after the cutoff."""
    rows = random_events(11, 6_000, customers=200)
    return stored(tmp_path_factory.mktemp("grouped") / "shop", rows)


def rules_of(behaviour: Behaviour, cutoff: datetime = CUTOFF) -> GroupRules:
    """The rules at a moment."""
    return GroupRules.before(behaviour, cutoff, behaviour.catalogue(cutoff))


def columns_of(behaviour: Behaviour, rules: GroupRules, cutoff: datetime = CUTOFF) -> pa.Table:
    """Everybody's groups with their ids, ordered by id."""
    catalogue = behaviour.catalogue(cutoff)
    parts = [
        pa.table({"customer_id": history.customer_ids, **rules.of(history).columns})
        for history in (behaviour.history(bucket, cutoff, catalogue) for bucket in behaviour.buckets)
    ]
    return pa.concat_tables(parts).sort_by("customer_id")


def test_everybody_is_in_one_group_of_each_kind(folder: ShopFolder) -> None:
    """Nobody is without layer, stage and behaviour group; scores, RFM group and value level are those of buyers."""
    behaviour = Behaviour.of(folder)
    table = columns_of(behaviour, rules_of(behaviour))
    visitor = np.array(table["layer"].to_pylist()) == "visitor"
    assert 0 < visitor.sum() < len(table)
    for name in ("layer", "stage", "behaviour_group"):
        assert table[name].null_count == 0
    for name in ("rfm_recency_score", "rfm_frequency_score", "rfm_monetary_score", "rfm_group", "value_level"):
        np.testing.assert_array_equal(table[name].is_valid().to_numpy(), ~visitor)
    assert (np.array(table["stage"].to_pylist()) == "visitor").tolist() == visitor.tolist()


def test_one_alone_is_as_in_the_crowd(folder: ShopFolder) -> None:
    """Of the history of a single person, with what is stored of the shop, come the groups they have among all."""
    behaviour = Behaviour.of(folder)
    rules = GroupRules.from_dict(json.loads(json.dumps(rules_of(behaviour).as_dict())))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    crowd = pa.table(rules.of(history).columns).to_pylist()
    for place, row in enumerate(crowd):
        assert pa.table(rules.of(history.part(place, place + 1)).columns).to_pylist() == [row]


@pytest.mark.parametrize("layer_days", ["fixed", "own_cycle"])
def test_the_future_never_matters(folder: ShopFolder, tmp_path: Path, layer_days: str) -> None:
    """What happens after the cutoff changes neither the rules nor anybody's groups."""
    settings = replace(folder.settings, layer_days=layer_days)
    whole = replace(Behaviour.of(folder), settings=settings)
    events = random_events(11, 6_000, customers=200)
    past = stored(tmp_path / "past", events.filter(pc.less(events["occurred_at"], CUTOFF)))
    then = replace(Behaviour.of(past), settings=settings)
    assert rules_of(whole) == rules_of(then)
    assert columns_of(whole, rules_of(whole)) == columns_of(then, rules_of(then))


def test_the_shops_own_cycle_is_used_where_it_is_asked_for(folder: ShopFolder) -> None:
    """With own_cycle the layers go by the days of the shop's own gaps, which are told with a reason."""
    behaviour = Behaviour.of(folder)
    own = rules_of(replace(behaviour, settings=replace(behaviour.settings, layer_days="own_cycle")))
    fixed = rules_of(behaviour)
    assert (own.layers.rule, fixed.layers.rule) == ("own_cycle", "fixed")
    assert own.layers.days != fixed.layers.days
    assert own.cycle_days == fixed.cycle_days
    assert own.rfm == fixed.rfm


def test_a_large_shop_is_sampled(folder: ShopFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the bucket with which there are buyers enough, and the rules say how many were read."""
    behaviour = Behaviour.of(folder)
    everybody = rules_of(behaviour)
    monkeypatch.setattr(group_rules, "BUYERS_WANTED", everybody.buyers // 2)
    sampled = rules_of(behaviour)
    assert (everybody.buckets_read, everybody.buckets) == (4, 4)
    assert sampled.buckets_read < 4
    assert everybody.buyers // 2 <= sampled.buyers < everybody.buyers


def test_a_shop_without_events(tmp_path: Path) -> None:
    """Nobody is nowhere, and the rules are those that a shop without customers has."""
    shop = ShopFolder.create(tmp_path / "shop", ShopSettings(buckets=2))
    append(shop)
    behaviour = Behaviour.of(shop)
    rules = rules_of(behaviour)
    assert replace(rules, buckets_read=0) == GroupRules.of_nobody(shop.settings)
    assert len(columns_of(behaviour, rules)) == 0


def test_the_first_customer_of_all(tmp_path: Path) -> None:
    """By the rules of nobody somebody who ordered since has groups, too: the lowest scores."""
    shop = stored(tmp_path / "shop", random_events(2, 40, customers=1), buckets=1)
    behaviour = Behaviour.of(shop)
    end = moment("2025-03-01T00:00Z")
    (row,) = columns_of(behaviour, GroupRules.of_nobody(shop.settings), end).to_pylist()
    assert (row["rfm_recency_score"], row["rfm_frequency_score"], row["rfm_monetary_score"]) == (1, 1, None)
    assert row["value_level"] == "low"
