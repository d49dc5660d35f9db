"""The same expressions answer alike on DuckDB and on a real Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.warehouse import Warehouse
from features.shop.numbers.attention import attention
from features.shop.numbers.best_sellers import best_sellers
from features.shop.numbers.cohorts import cohorts
from features.shop.numbers.daily import daily_numbers
from features.shop.numbers.funnel import funnel
from features.shop.numbers.habits import habits
from features.shop.numbers.overview import overview
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from features.shop_folder import ShopFolder
from tests.features.shop.numbers.simulated_shop import simulated_shop
from tests.small_shop import append, events, shop

PERIOD = Period(date(2025, 3, 1), date(2025, 4, 1))

QUESTIONS: dict[str, Callable[[ShopTables], Any]] = {
    "overview": lambda tables: overview(tables, PERIOD),
    "funnel": lambda tables: funnel(tables, PERIOD),
    "funnel_by_category": lambda tables: funnel(tables, PERIOD, "category"),
    "funnel_by_days": lambda tables: funnel(tables, PERIOD, "days", 7),
    "cohorts": lambda tables: cohorts(tables, date(2025, 4, 1)),
    "habits": lambda tables: habits(tables, PERIOD),
    "best_items": lambda tables: best_sellers(tables, PERIOD),
    "best_categories": lambda tables: best_sellers(tables, PERIOD, "category"),
    "attention": lambda tables: attention(tables, PERIOD, n=10, per_category=2),
    "days": lambda tables: daily_numbers(tables, date(2025, 4, 1), date(2025, 3, 20)),
    "days_by_channel": lambda tables: daily_numbers(tables, date(2025, 4, 1), date(2025, 3, 25), "channel"),
}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A simulated shop of a hundred and fifty customers."""
    return simulated_shop(tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="module")
def on_duckdb(simulated: ShopFolder) -> Iterator[ShopTables]:
    """The shop on DuckDB."""
    with ShopTables.on_duckdb(Behaviour.of(simulated)) as tables:
        yield tables


@pytest.fixture(scope="module")
def on_spark(simulated: ShopFolder, spark: Any) -> ShopTables:
    """The shop on Spark, from the warehouse's own files."""
    return spark_tables(simulated, spark)


def spark_tables(folder: ShopFolder, spark: Any) -> ShopTables:
    warehouse = Warehouse.open(folder)
    events, items, customers = (
        [str(file) for file in warehouse.version_files(name)[1]] for name in ("events", "items", "customers")
    )
    return ShopTables.on_spark(spark, events, items, customers, folder.settings.timezone)


@pytest.mark.parametrize("name", QUESTIONS)
def test_spark_answers_as_duckdb_does(name: str, on_duckdb: ShopTables, on_spark: ShopTables) -> None:
    """Every number is the same to the last digit, money included."""
    answers = [QUESTIONS[name](tables).as_dict() for tables in (on_duckdb, on_spark)]
    assert answers[0] == answers[1]


def test_people_are_left_out_on_spark_too(on_duckdb: ShopTables, on_spark: ShopTables) -> None:
    """People set aside, members and visitors, are left out alike."""
    people = on_duckdb.ask(on_duckdb.events.select("customer_id").distinct().order_by("customer_id").limit(40))
    ids: pa.Array = people["customer_id"].combine_chunks()
    rows = [
        daily_numbers(tables.without(ids), date(2025, 4, 1), date(2025, 3, 25)).as_dict()
        for tables in (on_duckdb, on_spark)
    ]
    assert rows[0] == rows[1]
    assert rows[0] != daily_numbers(on_duckdb, date(2025, 4, 1), date(2025, 3, 25)).as_dict()


def test_a_shop_of_events_alone(spark: Any, tmp_path: Path) -> None:
    """A shop that described neither items nor customers has numbers, and one without events has none."""
    folder = shop(tmp_path / "shop")
    append(folder, events(("anna", "purchase", "tea", "2025-03-10T10:00Z", {"unit_price": "5"})))
    period = Period(date(2025, 3, 1), date(2025, 4, 1))
    [best] = best_sellers(spark_tables(folder, spark), period).best
    assert best.figures["net_revenue"].values == (5.0, None, None)
    empty = spark_tables(shop(tmp_path / "empty"), spark)
    assert best_sellers(empty, period).best == ()


def test_times_are_told_in_utc(simulated: ShopFolder, spark: Any) -> None:
    """A session in another zone would move the days on which people joined, and is refused."""
    spark.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
    try:
        with pytest.raises(HuitouError) as caught:
            spark_tables(simulated, spark)
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    assert caught.value.message == (
        "spark.sql.session.timeZone of a Spark session must be UTC; got 'Asia/Shanghai'. "
        "Set it when the session is made."
    )
