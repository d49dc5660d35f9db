"""The rows of the table of customers: dates of the shop, horizons that agree, nothing where nothing is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.channels import CONSENT_FIELDS
from features.customers import customer_features
from features.events.warehouse import Warehouse
from features.history import History
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder
from serving.scoring import scored_table
from serving.snapshot_parts.customer_columns import customer_schema
from tests.rules_bundle import rules_bundle
from tests.small_shop import EventRow, append, contacts, events, random_events, shop
from training.bundle import Bundle
from training.customers.ahead.timing import customer_gaps

TIMEZONE = "Asia/Shanghai"
AS_OF = datetime(2025, 3, 1, 17, 30, tzinfo=UTC)
"""In the shop the next day has begun, at half past one."""
TODAY = date(2025, 3, 2)
HORIZONS = (30, 14, 60)


def orders(customer: str, *days_ago: float) -> list[EventRow]:
    """Orders of tea so many days before now."""
    return [
        (customer, "purchase", "tea", AS_OF - timedelta(days=days), {"unit_price": 5, "order_id": f"{customer}{days}"})
        for days in days_ago
    ]


ROWS: list[EventRow] = [
    *orders("due", *range(5, 200, 10)),
    *orders("just ordered", *(0.1 + 10 * number for number in range(20))),
    *orders("overdue", *range(100, 300, 10)),
    *orders("once", 3),
    *orders("once, long ago", 300),
    ("looks", "view", "tea", AS_OF - timedelta(days=1)),
]


@dataclass(frozen=True)
class Shop:
    """A shop at one moment, and its models."""

    folder: ShopFolder
    bundle: Bundle

    @property
    def history(self) -> History:
        """Of everybody: there is one bucket."""
        behaviour = Behaviour.of(self.folder)
        return behaviour.history(0, AS_OF, behaviour.catalogue(AS_OF))

    def table(self, bundle: Bundle | None = None) -> pa.Table:
        """The rows as they are published."""
        behaviour = Behaviour.of(self.folder)
        rules = GroupRules.before(behaviour, AS_OF, behaviour.catalogue(AS_OF))
        return scored_table(behaviour, bundle or self.bundle, self.history, rules)

    def row(self, name: str) -> dict[str, Any]:
        """What is published of one person."""
        return row_of(self.table(), name)


def row_of(table: pa.Table, name: str) -> dict[str, Any]:
    """One person's row."""
    found: dict[str, Any] = next(row for row in table.to_pylist() if row["customer_id"] == name)
    return found


def opened(path: Path, *tables: pa.Table, timezone: str = TIMEZONE) -> Shop:
    """A shop of these events with rules of several horizons."""
    folder = shop(path, timezone, buckets=1)
    append(folder, *tables)
    return Shop(folder, rules_bundle(Behaviour.of(folder), AS_OF, HORIZONS))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Six people whose rhythm is plain."""
    return opened(tmp_path_factory.mktemp("small"), events(*ROWS))


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Two hundred people who come as it happens."""
    rows = random_events(5, 5_000, customers=200, first="2024-01-15T00:00Z", days=411)
    return opened(tmp_path_factory.mktemp("crowd"), rows)


def test_names_carry_their_horizon(small: Shop) -> None:
    """The columns are those of the table of customers but for what publishing adds, with every horizon in its name."""
    schema = customer_schema(30, (14, 30, 60))
    names = small.table().column_names
    assert set(names) == {*schema.names} - {"set_aside", "cluster"}
    assert [name for name in names if "probability" in name or "expected" in name] == [
        *(f"{what}_probability_{days}d" for days in HORIZONS for what in ("order", "churn")),
        *(f"expected_{what}_{days}d" for days in (30, 365) for what in ("orders", "net_spend")),
        "expected_incremental_profit",
    ]
    small.table().select(sorted(names)).cast(pa.schema([schema.field(name) for name in sorted(names)]))


def test_kinds_and_what_answers_for_them(small: Shop) -> None:
    """Everyone's kind is told with the tier and the method that answer for it."""
    rows = {row["customer_id"]: row for row in small.table().to_pylist()}
    told = {name: (row["kind"], row["tier"], row["method"]) for name, row in rows.items()}
    assert told == {
        "due": ("repeat", "rules", "rule"),
        "just ordered": ("repeat", "rules", "rule"),
        "overdue": ("repeat", "rules", "rule"),
        "once": ("one_order", "rules", "rule"),
        "once, long ago": ("one_order", "rules", "rule"),
        "looks": ("visitor", "rules", "rate"),
    }


def test_nothing_is_known_of_visitors(small: Shop) -> None:
    """Who never ordered has no churn, no cycle, no date and nothing overdue: null, never zero."""
    row = small.row("looks")
    missing = {"next_order_on", "next_order_from", "next_order_until", "overdue_days", "purchase_cycle_days"}
    missing.add("days_since_contact")
    missing |= {"uplift_30d", "expected_incremental_profit"}
    missing |= {*CONSENT_FIELDS, "birthday_month", "birthday_day", "usual_hour", "usual_weekday"}
    missing |= {"discount_order_share", "promotion_order_share", "price_band"}
    missing |= {"rfm_recency_score", "rfm_frequency_score", "rfm_monetary_score", "rfm_group", "value_level"}
    missing |= {f"churn_probability_{days}d" for days in HORIZONS} | {"days_since_last_order", "purchase_gap_mean_days"}
    assert {name for name, value in row.items() if value is None} == missing
    assert row["order_probability_30d"] == 0.02
    assert (row["order_count_all"], row["reasons"]) == (0, [])


def test_who_was_written_to_is_marked(tmp_path: Path) -> None:
    """Messages before now count, of the last 30 days apart; a control, or a message known only later, does not."""
    found = opened(tmp_path, events(*ROWS))
    rows: list[tuple[Any, ...]] = [("due", AS_OF - timedelta(days=days)) for days in (2, 12, 40)]
    rows += [("overdue", AS_OF - timedelta(days=1), {"arm": "control"})]
    rows += [("once", AS_OF - timedelta(days=1), {"known_at": AS_OF + timedelta(days=1)})]
    Warehouse.open(found.folder).append_contacts(contacts(*rows))
    marks = {
        row["customer_id"]: (row["days_since_contact"], row["contact_count_30d"]) for row in found.table().to_pylist()
    }
    assert marks["due"] == (2.0, 2)
    assert {marks[name] for name in ("overdue", "once", "looks")} == {(None, 0)}


def test_the_next_order_is_a_cycle_after_the_last(small: Shop) -> None:
    """Who orders every ten days and did so five days ago is expected in five, in an interval around that."""
    row = small.row("due")
    assert row["purchase_cycle_days"] == pytest.approx(10, abs=0.3)
    assert row["next_order_on"] == TODAY + timedelta(days=5)
    assert TODAY <= row["next_order_from"] <= row["next_order_on"] < row["next_order_until"]
    assert row["overdue_days"] == 0


def test_overdue_orders_have_no_date(small: Shop) -> None:
    """Who orders every ten days and has been silent for a hundred is overdue by ninety days."""
    row = small.row("overdue")
    assert row["overdue_days"] == pytest.approx(100 - float(row["purchase_cycle_days"]), abs=0.1)
    assert float(row["overdue_days"]) > 80
    assert [row[f"next_order_{name}"] for name in ("on", "from", "until")] == [None] * 3


def test_dates_are_those_of_the_shop(crowd: Shop) -> None:
    """A date is that of the shop's clock so many days from now, where that is another one than in Greenwich, too."""
    features, gaps = customer_features(crowd.history), customer_gaps(crowd.history)
    days = crowd.bundle.outlook.columns(features, gaps)["next_order_days"]
    here, greenwich = (
        [None if np.isnan(ahead) else (now + timedelta(days=float(ahead))).date() for ahead in days]
        for now in (AS_OF.astimezone(ZoneInfo(TIMEZONE)), AS_OF)
    )
    assert crowd.table()["next_order_on"].to_pylist() == here
    assert sum(one is not None for one in here) > 20
    assert here != greenwich


@pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_no_date_is_in_the_past(timezone: str, tmp_path: Path) -> None:
    """An order is expected today or later, wherever the shop is; an overdue one has no date, and the others have."""
    rows = random_events(6, 3_000, customers=150, first="2024-01-15T00:00Z", days=411)
    today = AS_OF.astimezone(ZoneInfo(timezone)).date()
    for row in opened(tmp_path, rows, timezone=timezone).table().to_pylist():
        told = [row[f"next_order_{name}"] for name in ("from", "on", "until")]
        if row["order_count_all"] and row["overdue_days"] == 0:
            assert [today, *told] == sorted([today, *told])
        else:
            assert told == [None] * 3


def test_overdue_by_half_an_hour(small: Shop) -> None:
    """What is overdue, however little, has days for a date."""
    outlook = small.bundle.outlook
    timing = replace(outlook.timing, log_usual=float(np.log(3 - 1 / 48)))
    row = row_of(small.table(replace(small.bundle, outlook=replace(outlook, timing=timing))), "once")
    assert (row["overdue_days"], row["next_order_on"]) == (0.1, None)


def test_a_date_beyond_all_calendars(small: Shop) -> None:
    """Where the interval has no end that a calendar knows, it ends with the last day there is."""
    outlook = small.bundle.outlook
    timing = replace(outlook.timing, within=400.0, between=400.0)
    wild = replace(small.bundle, outlook=replace(outlook, timing=timing))
    assert row_of(small.table(wild), "once")["next_order_until"] == date.max


def test_horizons_do_not_contradict_each_other(crowd: Shop) -> None:
    """More time never makes an order less likely, and churn is the complement for everyone who has ordered."""
    table = crowd.table()
    chances = np.array([table[f"order_probability_{days}d"].to_numpy() for days in sorted(HORIZONS)])
    assert (np.diff(chances, axis=0) >= 0).all()
    bought = table["order_count_all"].to_numpy() > 0
    for days in HORIZONS:
        churn = table[f"churn_probability_{days}d"].to_numpy()
        np.testing.assert_allclose(churn[bought], 1 - table[f"order_probability_{days}d"].to_numpy()[bought], atol=1e-6)
        assert np.isnan(churn[~bought]).all()


def test_no_fewer_orders_are_expected_than_there_is_a_chance_of_one(crowd: Shop) -> None:
    """Expected orders are at least the chance of one, in a year at least those of the horizon, and spend keeps up."""
    main = crowd.bundle.propensity.horizon_days
    table = crowd.table()
    chance, soon, year = (
        table[name].to_numpy()
        for name in (f"order_probability_{main}d", f"expected_orders_{main}d", "expected_orders_365d")
    )
    assert np.all(soon >= chance - 1e-4)
    assert np.all(year >= soon - 1e-4)
    raw = crowd.bundle.outlook.columns(customer_features(crowd.history), customer_gaps(crowd.history))
    raised = raw[f"expected_orders_{main}d"] < chance - 1e-3
    assert raised.any()
    spend = table[f"expected_net_spend_{main}d"].to_numpy()
    assert np.all(spend[raised] >= raw[f"expected_net_spend_{main}d"][raised] - 1e-4)


def test_reasons_are_told_in_both_languages(small: Shop) -> None:
    """Who is at risk has reasons of risk, with the own numbers, in English and Chinese."""
    assert small.row("overdue")["reasons"][0] == {
        "concept": "silence",
        "en": "silent for 100 days, usually orders every 10 days",
        "zh": "已沉默100天，通常每10天下单一次",
        "raises": False,
    }
