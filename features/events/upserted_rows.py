"""Rows of items or customers laid over what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from features.events.duck import connect


@dataclass(frozen=True)
class Upserted:
    """What became of item or customer rows."""

    new: int
    """Ids not seen before."""
    changed: int
    """Known ids with other values than before."""
    unchanged: int
    """Known ids with the same values."""


def upserted(known: pa.Table, incoming: pa.Table, key: str) -> tuple[pa.Table, Upserted]:
    """The known rows with the incoming ones laid over them, and how many were new, changed or unchanged."""
    others = [name for name in incoming.schema.names if name != key]
    lasts = ", ".join(f"last({name} order by row) filter ({name} is not null) as {name}" for name in others)
    values = ", ".join(f"coalesce(fresh.{name}, known.{name}) as {name}" for name in others)
    same = " and ".join(f"coalesce(fresh.{name}, known.{name}) is not distinct from known.{name}" for name in others)
    query = f"""
        with numbered as (select *, row_number() over () as row from incoming),
        fresh as (select {key}, {lasts} from numbered group by {key})
        select coalesce(fresh.{key}, known.{key}) as {key}, {values},
               case when fresh.{key} is null then 'kept' when known.{key} is null then 'new'
                    when {same} then 'unchanged' else 'changed' end as fate
        from fresh full join known on fresh.{key} = known.{key} order by 1
    """  # noqa: S608 - columns of our own schemas
    with connect() as connection:
        connection.register("incoming", incoming)
        connection.register("known", known)
        table = connection.sql(query).to_arrow_table()
    fates = table["fate"].to_pylist()
    counts = Upserted(fates.count("new"), fates.count("changed"), fates.count("unchanged"))
    return table.drop_columns(["fate"]).cast(incoming.schema), counts
