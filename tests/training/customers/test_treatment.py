"""Ways of dealing with people who were written to: which of them says what happens if nobody writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.training.customers.campaign import Campaigns, Planted, planted
from training.customers.scorers.blend import BlendSettings
from training.customers.treatment import LEAST_STAND_INS, SERVED, for_training, stand_ins, treatment_report, ways
from training.tables import CustomerTable


@pytest.fixture(scope="module")
def lifting(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Half of those who are silent are written to, on days anywhere in a label window; half of these order for it."""
    return planted(tmp_path_factory.mktemp("lifting") / "shop", Campaigns(10, 20, share=0.5, effect=0.5))


@pytest.fixture(scope="module")
def said(lifting: Planted) -> pd.DataFrame:
    """What each way says there."""
    return lifting.compared()


def test_what_serves_says_what_happens_if_nobody_writes(said: pd.DataFrame) -> None:
    """Of the silent, ignoring contacts promises nearly half as many orders again; what serves is near the truth."""
    assert said.silent["ignored"] > said.silent["truth"] * 1.4
    assert abs(said.silent[SERVED] - said.silent["truth"]) < 0.07
    assert abs(said.everyone[SERVED] - said.everyone["truth"]) < 0.07
    assert said.log_loss[SERVED] < said.log_loss["ignored"] - 0.03


@pytest.mark.parametrize("way", ["untreated", "feature"])
def test_those_left_alone_are_not_like_those_written_to(way: str, said: pd.DataFrame) -> None:
    """Campaigns pass over who has just ordered: to leave out the others, or to tell a model of them, mends nothing."""
    assert said.silent[way] > said.silent["truth"] + 0.12
    assert said.log_loss[SERVED] < said.log_loss[way] - 0.03


def test_a_campaign_without_effect_moves_what_serves_little(tmp_path: Path) -> None:
    """Where messages do nothing, ignoring them is right; what serves says nearly the same, leaving out does not."""
    told = planted(tmp_path / "shop", Campaigns(10, 20, share=0.5, effect=0.0)).compared()
    assert abs(told.silent[SERVED] - told.silent["ignored"]) < 0.04
    assert told.log_loss[SERVED] < told.log_loss["ignored"] + 0.01
    assert told.silent["untreated"] > told.silent["ignored"] + 0.08


def test_where_everybody_is_written_to_rows_stay_as_observed(tmp_path: Path) -> None:
    """Nobody like them was left alone, so nobody can stand in for them, and the report says so."""
    shop = planted(tmp_path / "shop", Campaigns(10, 20, share=1.0, effect=0.4), customers=600)
    newest = shop.tables[-1]
    report = treatment_report(shop.tables)
    assert report is not None
    assert report["newest"]["as_observed"] > 0.8 * report["newest"]["treated"] > 100
    assert "ignored" in report["figures"]
    assert report["dropped"]["untreated"] == (
        "a way of dealing with contacts needs customers who ordered and customers who did not among those it fits on; "
        "nearly all did the same. It is left out."
    )
    [kept] = for_training([newest])
    assert abs(kept.ordered.mean() - newest.ordered.mean()) < 0.04


# ---- weights worked out by hand


def table_with(like: CustomerTable, order_days: list[float], contact_days: list[float]) -> CustomerTable:
    """The first rows of a table with other orders and contacts in the label window; NaN where there are none."""
    order, contact = np.array(order_days), np.array(contact_days)
    rows = like.take(np.arange(len(order)))
    return replace(rows, order_count=(~np.isnan(order)).astype(np.int64), order_days=order, contact_days=contact)


def copies(table: CustomerTable) -> list[int]:
    """How often each row is trained on."""
    [rows] = stand_ins([table])
    return np.bincount(rows, minlength=len(table)).tolist()


def test_who_was_left_alone_stands_in(lifting: Planted) -> None:
    """Ten order on day 2; of the 40 left half are written to on day 5: the others count twice, those of day 2 once."""
    nan = np.nan
    table = table_with(
        lifting.tables[-1],
        [2.0] * 10 + [9.0] * 5 + [nan] * 15 + [8.0] * 10 + [nan] * 10,
        [nan] * 30 + [5.0] * 20,
    )
    assert copies(table) == [1] * 10 + [2] * 20 + [0] * 20
    [trained] = for_training([table])
    assert len(trained) == len(table)
    assert trained.ordered.sum() == 10 + 2 * 5


def test_a_second_campaign_weighs_on_those_left_by_the_first(lifting: Planted) -> None:
    """Half are written to on day 5, half of the rest on day 10: orders in between count twice, the last four times."""
    nan = np.nan
    orders = [nan] * 48 + [7.0] * 8 + [nan] * 40
    table = table_with(lifting.tables[-1], orders, [5.0] * 48 + [nan] * 8 + [10.0] * 20 + [nan] * 20)
    assert copies(table) == [0] * 48 + [2] * 8 + [0] * 20 + [4] * 20


def test_a_message_after_the_order_is_no_treatment(lifting: Planted) -> None:
    """Who ordered on day 3 and was written to on day 4, to say thank you, stays in with the order."""
    nan = np.nan
    table = table_with(lifting.tables[-1], [3.0] * 20 + [nan] * 20, [4.0] * 20 + [nan] * 20)
    assert not table.treated.any()
    assert copies(table) == [1] * 40
    at_once = table_with(lifting.tables[-1], [3.0] * 20 + [nan] * 20, [3.0] * 20 + [nan] * 20)
    assert not at_once.treated.any()


def test_too_few_stand_in_for_nobody(lifting: Planted) -> None:
    """With one fewer left alone than it takes, everyone stays in as observed."""
    nan = np.nan
    for alone, expected in ((LEAST_STAND_INS, 0), (LEAST_STAND_INS - 1, 1)):
        table = table_with(lifting.tables[-1], [nan] * (20 + alone), [5.0] * 20 + [nan] * alone)
        assert copies(table)[:20] == [expected] * 20


@pytest.mark.parametrize(("alone", "expected"), [(100, 0), (40, 1)])
def test_too_small_a_share_stands_in_for_nobody(alone: int, expected: int, lifting: Planted) -> None:
    """Where all are alike, a tenth left alone stand in for the others; a twenty-fifth are an exception of some kind."""
    nan, written = np.nan, 1000 - alone
    table = table_with(lifting.tables[-1], [nan] * 1000, [5.0] * written + [nan] * alone)
    alike = replace(table.features, values=np.zeros_like(table.features.values))
    assert copies(replace(table, features=alike))[:written] == [expected] * written


# ---- without contacts, and the report


def test_without_contacts_nothing_changes(lifting: Planted) -> None:
    """Tables of a shop that writes to nobody are trained on as they are, and there is no report."""
    silent_shop = [replace(table, contact_days=np.full(len(table), np.nan)) for table in lifting.tables]
    assert all(one is other for one, other in zip(for_training(silent_shop), silent_shop, strict=True))
    assert treatment_report(silent_shop) is None
    assert treatment_report([]) is None
    assert for_training([]) == []


def test_the_report_tells_every_way_as_plain_values(lifting: Planted) -> None:
    """Figures of each way on each part of the newest rows, ready for JSON; what serves is best where it counts."""
    report = treatment_report(lifting.tables, BlendSettings())
    assert report is not None
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    newest = lifting.tables[-1]
    assert (report["way"], report["embargoed"], report["cutoff"]) == (SERVED, True, newest.cutoff.isoformat())
    counts = report["newest"]
    assert counts["customers"] == len(newest)
    assert counts["contacted"] == np.isfinite(newest.contact_days).sum()
    assert counts["treated"] == newest.treated.sum() > 100
    assert counts["as_observed"] < 0.05 * counts["treated"]
    assert report["training"]["customers"] == sum(map(len, lifting.tables[:-1]))
    assert set(report["figures"]) == set(ways(BlendSettings()))
    assert all(set(parts) == {"all", "untreated", "treated", "stand_ins"} for parts in report["figures"].values())
    losses = {way: parts["stand_ins"]["log_loss"] for way, parts in report["figures"].items()}
    assert min(losses, key=losses.__getitem__) == SERVED
    assert report["order_rate"]["stand_ins"] < report["order_rate"]["untreated"] - 0.05


def test_with_too_little_to_fit_the_report_counts_only(lifting: Planted) -> None:
    """A handful of rows gives numbers of people and no figures."""
    few = [table.take(np.arange(6)) for table in lifting.tables]
    report = treatment_report(few)
    assert report is not None
    assert (report["figures"], report["embargoed"], report["newest"]["customers"]) == ({}, None, 6)
    json.dumps(report, allow_nan=False)
