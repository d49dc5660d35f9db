"""On real shops the numbers equal plain SQL over the raw exports, written here and sharing nothing with the package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from features.behaviour import Behaviour
from features.shop.numbers.funnel import FUNNEL_NAMES, funnel
from features.shop.numbers.overview import overview
from features.shop.numbers.period import Period, compared
from features.shop.numbers.repurchase import repurchase
from features.shop.numbers.shop_tables import ShopTables
from features.shop_folder import ShopFolder

pytestmark = pytest.mark.real_data

RAW = {
    # Every line as customer, item, category, kind, day, order, pieces and price.
    "ten_days": """
        select customer_id, item_id, category_id as category, event as kind, ts::date as day, null as order_id,
               1 as pieces, price::decimal(18, 4) as price
        from read_parquet('{data}/shop_ten_days/events.parquet')
    """,
    "retail": """
        select customer_id, item_id, null as category, if(is_cancellation, 'return', 'purchase') as kind,
               ts::date as day, order_id, abs(quantity) as pieces, unit_price::decimal(18, 4) as price
        from read_parquet('{data}/online_retail/transactions.parquet') where customer_id is not null
    """,
}
MEMBERS = {
    # Described accounts have no sign-up date, so everybody joined with the first line; who has none always was one.
    "ten_days": """select users.customer_id, min(day) as since
        from read_parquet('{data}/shop_ten_days/users.parquet') users left join raw using (customer_id) group by 1
        union all select customer_id, min(day) from raw
        where customer_id not in (from read_parquet('{data}/shop_ten_days/users.parquet') select customer_id) group by 1
    """,
    "retail": "select customer_id, min(day) as since from raw group by 1",
}
ORDERS = """select customer_id, coalesce(order_id, day::varchar) as name, min(day) as day, sum(pieces * price) as value
    from raw where kind = 'purchase' group by 1, 2"""
PERIODS = {
    "ten_days": Period(date(2019, 6, 15), date(2019, 6, 20)),
    "retail": Period(date(2011, 9, 10), date(2011, 12, 10)),
}

OVERVIEW = """
    with window_orders as (from orders where day >= $first and day < $until),
    made as (select customer_id, count(*) as orders from window_orders group by 1),
    firsts as (select customer_id, min(day) as first from orders group by 1),
    here as (from raw where day >= $first and day < $until),
    there as (select distinct customer_id from here where kind <> 'return'),
    earlier as (select distinct customer_id from orders where day >= $before and day < $first),
    counted as (select
        (select count(*) filter (since is null or since < $until) from members) as members,
        (select count(*) filter (since >= $first and since < $until) from members) as new_members,
        (select count(*) from there) as active_people,
        (select count(*) from there left join firsts using (customer_id)
            where first is null or first >= $until) as visitors,
        (select count(*) from here where kind = 'view') as views,
        (select count(*) from here where kind = 'cart') as carts,
        (select count(*) from here where kind = 'favorite') as favourites,
        (select count(*) from window_orders) as orders,
        (select count(*) from made) as buyers,
        (select count(*) from firsts where first >= $first and first < $until) as new_buyers,
        (select sum(value) from window_orders)::double as gross_revenue,
        coalesce((select sum(pieces * price) from here where kind = 'return'), 0)::double as returned_value,
        (select sum(if(kind = 'return', -1, 1) * pieces * price) from here
            where kind in ('purchase', 'return'))::double as net_revenue,
        (select count(*) from made where orders >= 2) as repeat_buyers,
        (select count(*) from earlier) as earlier_buyers,
        (select count(*) from earlier semi join made using (customer_id)) as earlier_buyers_back)
    select * exclude (repeat_buyers, earlier_buyers, earlier_buyers_back),
        gross_revenue / orders as average_order_value,
        repeat_buyers / buyers as repurchase_rate_by_buyers,
        (orders - buyers) / orders as repurchase_rate_by_orders,
        earlier_buyers_back / nullif(earlier_buyers, 0) as back_purchase_rate
    from counted
"""
FUNNEL = """
    with people as (
        select {group} as category, customer_id, bool_or(kind = 'view') as browse,
               bool_or(kind = 'favorite') as favourite, bool_or(kind = 'cart') as cart,
               bool_or(kind = 'purchase') as purchase
        from raw where day >= $first and day < $until and kind <> 'return' group by 1, 2
    )
    select category::varchar as category, count(*) filter (browse) as browse_people,
           count(*) filter (favourite) as favourite_people,
           count(*) filter (cart) as cart_people, count(*) filter (favourite or cart) as favourite_or_cart_people,
           count(*) filter (purchase) as purchase_people,
           count(*) filter (browse and (favourite or cart)) as browse_then_favourite_or_cart_people,
           count(*) filter (purchase and (favourite or cart)) as favourite_or_cart_then_purchase_people,
           count(*) filter (purchase and browse) as browse_then_purchase_people,
           browse_then_favourite_or_cart_people / nullif(browse_people, 0) as browse_to_favourite_or_cart_rate,
           favourite_or_cart_then_purchase_people / nullif(favourite_or_cart_people, 0)
               as favourite_or_cart_to_purchase_rate,
           browse_then_purchase_people / nullif(browse_people, 0) as browse_to_purchase_rate
    from people group by 1
"""
SECOND_ORDERS = """
    with days as (select distinct customer_id, day from orders where day < $until),
    ranked as (select customer_id, day, lead(day) over (partition by customer_id order by day) as next,
               row_number() over (partition by customer_id order by day) as place from days),
    gaps as (select coalesce(next, $until - 1) - day as length, next is not null as ended from ranked where place = 1),
    steps as (select length, count(*) filter (ended) as ended,
              sum(count(*)) over (order by length desc) as at_risk from gaps group by 1)
    select 1 - product(1 - ended / at_risk) from steps where length <= $days
"""


@dataclass(frozen=True)
class Real:
    """A real shop: its numbers, and its export to ask plain SQL about."""

    name: str
    tables: ShopTables
    raw: duckdb.DuckDBPyConnection

    @property
    def period(self) -> Period:
        return PERIODS[self.name]

    def ask(self, query: str, **values: Any) -> list[dict[str, Any]]:
        return self.raw.sql(query, params=values).to_arrow_table().to_pylist()


@pytest.fixture(scope="module", params=["ten_days", "retail"])
def real(
    request: pytest.FixtureRequest, real_data: Path, ten_days: ShopFolder, online_retail: ShopFolder
) -> Iterator[Real]:
    """Both shops, one after the other."""
    name = request.param
    folder = {"ten_days": ten_days, "retail": online_retail}[name]
    with duckdb.connect() as raw, ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
        raw.execute("set timezone = 'UTC'")
        raw.execute(f"create view raw as {RAW[name].format(data=real_data)}")
        raw.execute(f"create view members as {MEMBERS[name].format(data=real_data)}")
        raw.execute(f"create view orders as {ORDERS}")
        yield Real(name, tables, raw)


def days(period: Period) -> dict[str, date]:
    return {"first": period.first, "until": period.until}


def test_the_overview_of_real_shops(real: Real) -> None:
    """Every counted figure, both repurchase rates among them, is what plain SQL counts, in each known period."""
    found = overview(real.tables, real.period)
    for place, (name, period) in enumerate(compared(real.period).items()):
        if found.scope.periods[name].coverage == "none":
            continue
        [expected] = real.ask(OVERVIEW, **days(period), before=period.previous.first)
        told = {figure: found.figures[figure].values[place] for figure in expected}
        assert told == {figure: value if value is None else pytest.approx(value) for figure, value in expected.items()}


def test_repurchase_of_real_shops(real: Real) -> None:
    """The figures that the rates are made of are told, too: repeat orders over orders is the rate by orders."""
    found = repurchase(real.tables, real.period).figures
    [expected] = real.ask(OVERVIEW, **days(real.period), before=real.period.previous.first)
    rates = {name: expected[name] for name in ("repurchase_rate_by_buyers", "repurchase_rate_by_orders")}
    by_buyers, by_orders = found["repeat_buyers"].over(found["buyers"]), found["repeat_orders"].over(found["orders"])
    assert [by_buyers.value, by_orders.value] == pytest.approx(list(rates.values()))
    assert by_buyers.value != pytest.approx(by_orders.value, abs=1e-4)


def test_the_funnel_of_real_shops(real: Real) -> None:
    """People at each step and all rates equal plain SQL, of the whole shop and of each category."""
    [row] = funnel(real.tables, real.period).rows
    [expected] = real.ask(FUNNEL.format(group="null"), **days(real.period))
    assert {name: row.figures[name].value for name in FUNNEL_NAMES} == {name: expected[name] for name in FUNNEL_NAMES}
    by_category = {
        each.pop("category"): each for each in real.ask(FUNNEL.format(group="category"), **days(real.period))
    }
    rows = funnel(real.tables, real.period, "category").rows
    assert {row.category: {name: row.figures[name].value for name in FUNNEL_NAMES} for row in rows} == by_category
    assert len(rows) == {"ten_days": 381, "retail": 1}[real.name]


def test_second_orders_of_real_shops(real: Real) -> None:
    """The share of second orders equals a product-limit estimate in plain SQL, and lies inside its interval."""
    found = overview(real.tables, real.period)
    told = [found.second_order.within(length) for length in (30, 60, 90, 180)]
    if real.name == "ten_days":
        assert {each.value for each in told} == {None}
    for length in (1, 3) if real.name == "ten_days" else (30, 60, 90, 180):
        each = found.second_order.within(length)
        [(expected,)] = real.raw.execute(SECOND_ORDERS, {"until": real.period.until, "days": length}).fetchall()
        assert each.value == pytest.approx(expected)
        assert expected > (each.low or 1)
        assert expected < (each.high or 0)
