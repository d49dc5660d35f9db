"""Layers and scores of two real shops, computed once more in plain SQL from the imported events alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.shop.groups.group_rules import GroupRules
from features.shop.layers import LayerLimits
from features.shop_folder import ShopFolder

pytestmark = pytest.mark.real_data

LATE = datetime(2030, 1, 1, tzinfo=UTC)
"""The present of these tests; with events it is the moment after the last one that counts."""

PLAIN_SQL = """
    with buyers as (
        select customer_id,
               count(distinct coalesce('o' || order_id, 'd' || local_date)) filter (kind = 'purchase') as orders,
               (epoch_us($cutoff::timestamptz) - max(epoch_us(occurred_at)) filter (kind = 'purchase')) / 86400e6
                   as silent,
               sum(case kind when 'purchase' then quantity * unit_price when 'return' then -quantity * unit_price
                   else 0 end) as spend
        from read_parquet($files, hive_partitioning = false)
        where occurred_at < $cutoff and known_at < $cutoff group by all
    ), below as (
        select *, count(*) over () as everybody,
               count(*) over (order by silent desc groups between unbounded preceding and 1 preceding) as longer,
               count(*) over (order by orders groups between unbounded preceding and 1 preceding) as fewer,
               count(*) over (order by spend groups between unbounded preceding and 1 preceding) as less
        from buyers where orders > 0
    )
    select customer_id, case when orders = 0 then 'visitor' when orders = 1 and silent <= 45 then 'new'
                             when silent < 90 then 'active' when silent < 180 then 'high_win_back'
                             when silent < 360 then 'low_win_back' else 'lost' end as layer,
           1 + 5 * longer // everybody as rfm_recency_score, 1 + 5 * fewer // everybody as rfm_frequency_score,
           1 + 5 * less // everybody as rfm_monetary_score
    from buyers left join below using (customer_id, orders, silent) order by customer_id
"""


def plain(behaviour: Behaviour, cutoff: datetime) -> dict[str, tuple[object, ...]]:
    """Layer and scores of everybody in plain SQL; the layers by the days that are usual."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        found = connection.sql(PLAIN_SQL, params={"files": behaviour.reader.all_files(), "cutoff": cutoff})
        return {str(row[0]): row[1:] for row in found.fetchall()}


def ours(behaviour: Behaviour, cutoff: datetime) -> pa.Table:
    """What Huitou says of everybody."""
    catalogue = behaviour.catalogue(cutoff)
    rules = GroupRules.before(behaviour, cutoff, catalogue)
    tables = behaviour.map_histories(
        lambda _, history: pa.table({"customer_id": history.customer_ids, **rules.of(history).columns}),
        cutoff,
        catalogue,
    )
    return pa.concat_tables(tables)


@pytest.fixture(params=["ten_days", "online_retail"])
def real_shop(request: pytest.FixtureRequest) -> Behaviour:
    """What people did in each of the two shops."""
    return Behaviour.of(request.getfixturevalue(request.param))


def test_layers_and_scores_equal_plain_sql(real_shop: Behaviour) -> None:
    """Each person's layer and scores are those that a query over the imported events gives."""
    cutoff = real_shop.reader.moment_after(LATE)
    scores = ("rfm_recency_score", "rfm_frequency_score", "rfm_monetary_score")
    found = ours(real_shop, cutoff)
    wanted = plain(real_shop, cutoff)
    told = {row["customer_id"]: (row["layer"], *(row[name] for name in scores)) for row in found.to_pylist()}
    assert told == wanted


def test_the_documented_figures(ten_days: ShopFolder, online_retail: ShopFolder) -> None:
    """The layers that docs/groups.md tells of."""
    counted = [
        Counter(row[0] for row in plain(shop, shop.reader.moment_after(LATE)).values())
        for shop in map(Behaviour.of, (ten_days, online_retail))
    ]
    assert counted == [
        {"new": 1_042, "active": 367, "visitor": 67},
        {"active": 2_568, "low_win_back": 768, "high_win_back": 589, "new": 322, "lost": 92, "visitor": 33},
    ]


def own_cycle(folder: ShopFolder) -> LayerLimits:
    """The limits of a shop that asks for its own cycle."""
    behaviour = Behaviour.of(folder)
    asked = replace(behaviour, settings=replace(behaviour.settings, layer_days="own_cycle"))
    cutoff = asked.reader.moment_after(LATE)
    return GroupRules.before(asked, cutoff, asked.catalogue(cutoff)).layers


def test_ten_days_are_too_short_for_a_cycle(ten_days: ShopFolder) -> None:
    """A shop of ten days gets the fixed days, and is told why."""
    limits = own_cycle(ten_days)
    assert (limits.rule, limits.days) == ("fixed", (45, 90, 180, 360))
    assert limits.why["en"].endswith("takes 18 days of history; there are 9")


def test_a_year_has_a_cycle_of_its_own(online_retail: ShopFolder) -> None:
    """Four of five repeat orders come within 103 days, which is rounded to 90."""
    limits = own_cycle(online_retail)
    assert (limits.rule, limits.days) == ("own_cycle", (30, 90, 270, 360))
    assert "four of five within 103" in limits.why["en"]
