"""Filters as SQL, written for the tests alone: another way to the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from tests.serving.audiences.audience_shop import AS_OF, ITEMS, TIMEZONE, TODAY, AudienceShop

INTEREST = ("view", "favorite", "cart", "purchase")
OPENS = {"cart": ("cart", "uncart"), "favorite": ("favorite", "unfavorite")}
ORDER = ("view", "favorite", "cart", "uncart", "unfavorite", "purchase", "return")
"""At equal moments events happen in this order."""


class FilterSql:
    """Answers filters with DuckDB over the events, the contacts and the table of customers."""

    def __init__(self, made: AudienceShop) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        kinds = pa.table({"kind": ORDER, "place": range(len(ORDER))})
        for name, table in (("said", made.events), ("told", made.contacts), ("items", ITEMS), ("kinds", kinds)):
            self._connection.register(name, table)
        self._connection.execute(f"create view people as from read_parquet('{made.snapshot.customers_file}')")
        self._connection.execute(
            f"""create table acts as select said.*, category, price, place,
                    (occurred_at at time zone '{TIMEZONE}')::date as day
                from said left join items using (item_id) join kinds using (kind)
                where occurred_at < '{AS_OF.isoformat()}'"""
        )
        self._connection.execute(
            f"""create view made as select *, (contacted_at at time zone '{TIMEZONE}')::date as day from told
                where arm = 'treated' and contacted_at < '{AS_OF.isoformat()}' and known_at < '{AS_OF.isoformat()}'"""
        )

    def people(self, said: Mapping[str, Any]) -> set[str]:
        """Ids of everybody whom a filter means."""
        rows = self._connection.execute(f"select customer_id from people where {self._where(said)}").fetchall()
        return {row[0] for row in rows}

    def _where(self, said: Mapping[str, Any]) -> str:
        for verb in ("all", "any", "not", "did", "did_not", "open", "contacted", "field", "everyone", "birthday"):
            if verb in said:
                return f"({getattr(self, f'_{verb}')(said)})"
        raise KeyError(said)

    def _all(self, said: Mapping[str, Any]) -> str:
        return " and ".join(map(self._where, said["all"]))

    def _any(self, said: Mapping[str, Any]) -> str:
        return " or ".join(map(self._where, said["any"]))

    def _not(self, said: Mapping[str, Any]) -> str:
        return f"not {self._where(said['not'])}"

    def _everyone(self, said: Mapping[str, Any]) -> str:
        return "true"

    def _did(self, said: Mapping[str, Any], verb: str = "did") -> str:
        named = said[verb] if isinstance(said[verb], list) else [said[verb]]
        kinds = {kind for name in named for kind in (INTEREST if name == "anything" else (name,))}
        conditions = [f"kind in ({texts(kinds)})", *which(said), *when(said)]
        return f"""customer_id in (select customer_id from acts where {" and ".join(conditions)} group by all
            having count(*) >= {said.get("at_least", 1)} and count(distinct day) >= {said.get("on_days", 1)})"""

    def _did_not(self, said: Mapping[str, Any]) -> str:
        return f"not {self._did(said, 'did_not')}"

    def _open(self, said: Mapping[str, Any]) -> str:
        opening, closing = OPENS[said["open"]]
        conditions = [f"kind = '{opening}'", *which(said), *when(said)]
        return f"""customer_id in (select customer_id from (
                select *, row_number() over (partition by customer_id, item_id order by occurred_at desc, place desc)
                    as n
                from acts where kind in ('{opening}', '{closing}', 'purchase'))
            where n = 1 and {" and ".join(conditions)})"""

    def _contacted(self, said: Mapping[str, Any]) -> str:
        inner = {} if said["contacted"] is True else said["contacted"]
        conditions = ["true", *when(inner)]
        conditions += [f"channel in ({texts(listed(inner['channel']))})"] if "channel" in inner else []
        conditions += [f"campaign_id in ({texts(listed(inner['campaign']))})"] if "campaign" in inner else []
        return f"customer_id in (select customer_id from made where {' and '.join(conditions)})"

    def _birthday(self, said: Mapping[str, Any]) -> str:
        first, last = (day_of(each) for each in said["birthday"])
        days = {first + timedelta(days=number) for number in range((last - first).days + 1)}
        pairs = {(day.month, day.day) for day in days}
        pairs |= {(2, 29) for day in days if (day.month, day.day) == (2, 28) and day.year % 4}
        told = ", ".join(f"({month}, {day})" for month, day in sorted(pairs))
        return f"coalesce((birthday_month, birthday_day) in ({told}), false)"

    def _field(self, said: Mapping[str, Any]) -> str:
        column = {"churn_probability": "churn_probability_91d", "uplift": "uplift_91d"}.get(
            said["field"], said["field"]
        )
        tests = []
        for operator, value in said.items():
            if operator == "is":
                tests.append(f"{column} = {literal(value)}")
            elif operator == "in":
                tests.append(f"{column} in ({', '.join(map(literal, value))})")
            elif operator == "at_least":
                tests.append(f"{column} >= {literal(value)}")
            elif operator == "at_most":
                tests.append(f"{column} <= {literal(value)}")
            elif operator == "between":
                tests.append(f"{column} between {literal(value[0])} and {literal(value[1])}")
            elif operator == "is_known":
                tests.append(f"({column} is not null) = {value}")
        return " and ".join(f"coalesce({test}, false)" for test in tests)


def which(said: Mapping[str, Any]) -> list[str]:
    """The conditions on items."""
    found = [f"item_id in ({texts(listed(said['item']))})"] if "item" in said else []
    found += [f"category in ({texts(listed(said['category']))})"] if "category" in said else []
    price = said.get("price", {})
    found += [f"price >= {price['at_least']}"] if "at_least" in price else []
    return found + ([f"price <= {price['at_most']}"] if "at_most" in price else [])


def when(said: Mapping[str, Any]) -> list[str]:
    """The conditions on days."""
    if "within_days" in said:
        return [f"day >= '{TODAY - timedelta(days=said['within_days'] - 1)}'"]
    if "between" in said:
        first, last = map(day_of, said["between"])
        return [f"day between '{first}' and '{last}'"]
    if "since" in said:
        return [f"day >= '{day_of(said['since'])}'"]
    return [f"day < '{day_of(said['before'])}'"] if "before" in said else []


def day_of(said: str) -> date:
    """A date, or a relative one."""
    for anchor, begin in (("today", TODAY), ("start_of_month", TODAY.replace(day=1))):
        if said.startswith(anchor):
            return begin + timedelta(days=int(said.removeprefix(anchor) or 0))
    return date.fromisoformat(said)


def literal(value: Any) -> str:
    """A value of a filter as SQL."""
    if isinstance(value, str) and (value[:1].isdigit() or value.startswith(("today", "start_of"))):
        return f"date '{day_of(value)}'"
    return f"'{quoted(value)}'" if isinstance(value, str) else str(value)


def texts(values: Any) -> str:
    """Texts as SQL lists them."""
    return ", ".join(f"'{quoted(value)}'" for value in sorted(values))


def listed(value: Any) -> list[str]:
    """A text or a list of them as a list."""
    return value if isinstance(value, list) else [value]


def quoted(text: str) -> str:
    """A text between quotes."""
    return text.replace("'", "''")
