"""Questions and answers of DuckDB; of Spark see ``test_spark.py``."""

from __future__ import annotations

import ibis
import pyarrow as pa

from features.events.duck import connect
from features.shop.numbers.engines import DuckDb


def test_rows_are_asked_about_by_name() -> None:
    """A table of ours can be asked about, and its rows be kept while it changes."""
    with connect() as connection:
        engine = DuckDb(connection)
        table = ibis.table({"number": "int64"}, name=engine.named(pa.table({"number": [1, 2, 3]})))
        kept = ibis.table({"number": "int64"}, name=engine.keep(table.filter(table.number > 1)))
        assert engine.ask(kept.order_by("number"))["number"].to_pylist() == [2, 3]


def test_texts_stay_texts() -> None:
    """A name with a quote in it is a value of a question and never a part of its text."""
    with connect() as connection:
        engine = DuckDb(connection)
        names = pa.table({"name": ["it's", "'; drop table x; --"]})
        table = ibis.table({"name": "string"}, name=engine.named(names))
        for name in names["name"].to_pylist():
            assert engine.ask(table.filter(table.name == name))["name"].to_pylist() == [name]


def test_no_events_are_a_table_too() -> None:
    """Without files there is a table of events without rows."""
    with connect() as connection:
        engine = DuckDb(connection)
        table = ibis.table({"customer_id": "string"}, name=engine.files([], ["customer_id"]))
        assert engine.ask(table.agg(rows=table.count()))["rows"].to_pylist() == [0]
