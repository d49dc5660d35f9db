"""The engines that answer questions about a shop: DuckDB on this machine, Spark on a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import ibis
import pyarrow as pa

from features.errors import HuitouError
from features.events.event import STORED_EVENT_SCHEMA

if TYPE_CHECKING:  # It comes from :mod:`features.events.duck`.
    import duckdb

# The text of a question is Ibis' own; a prepared view could not name the files otherwise.
_EVENTS = """create temp view {name} as
    select {columns} from read_parquet(getvariable('huitou_files'), hive_partitioning = false)"""

_ZONE = "spark.sql.session.timeZone"

_numbers = count(1)


class Engine(Protocol):
    """What holds tables by name and answers expressions about them."""

    def ask(self, question: Any) -> pa.Table:
        """The answer to an expression."""

    def named(self, table: pa.Table) -> str:
        """The name under which a table of ours can be joined."""

    def keep(self, question: Any) -> str:
        """The name of the rows of an expression, which the engine holds from now on."""


@dataclass(frozen=True)
class DuckDb:
    """A connection of :func:`features.events.duck.connect`; its tables end with it."""

    connection: duckdb.DuckDBPyConnection
    """The connection."""

    def files(self, files: Sequence[str], columns: Sequence[str]) -> str:
        """The name of some columns of the events in Parquet files, which are named as a reader names them."""
        if not files:
            return self.named(STORED_EVENT_SCHEMA.empty_table().select(columns))
        name = _name()
        self.connection.execute("set variable huitou_files = $files", {"files": list(files)})
        self.connection.execute(_EVENTS.format(name=name, columns=", ".join(columns)))
        return name

    def ask(self, question: Any) -> pa.Table:
        """The answer to an expression."""
        return self.connection.sql(_sql(question, "duckdb")).to_arrow_table()

    def named(self, table: pa.Table) -> str:
        """The name under which a table of ours can be joined."""
        name = _name()
        self.connection.register(name, table)
        return name

    def keep(self, question: Any) -> str:
        """The name of the rows of an expression, held as a temporary table."""
        name = _name()
        self.connection.execute(f"create temp table {name} as {_sql(question, 'duckdb')}")
        return name


@dataclass(frozen=True)
class Spark:
    """A session of a cluster."""

    session: Any
    """A ``pyspark.sql.SparkSession``; it comes from who runs the cluster, and nothing here needs Spark otherwise."""

    def check_zone(self) -> None:
        """Raise :class:`HuitouError` unless the session tells times in UTC."""
        zone = self.session.conf.get(_ZONE)
        if zone != "UTC":
            raise HuitouError(
                f"{_ZONE} of a Spark session must be UTC; got {zone!r}. Set it when the session is made.",
                field=_ZONE,
                value=zone,
                allowed=["UTC"],
            )

    def ask(self, question: Any) -> pa.Table:
        """The answer to an expression."""
        return self._frame(question).toArrow()

    def named(self, table: pa.Table) -> str:
        """The name under which a table of ours can be joined."""
        return self.view(self.session.createDataFrame(table))

    def keep(self, question: Any) -> str:
        """The name of the rows of an expression, cached by the cluster."""
        return self.view(self._frame(question).cache())

    def files(self, files: Sequence[str], schema: pa.Schema) -> Any:
        """The data frame of Parquet files, without rows where there are none."""
        return self.session.read.parquet(*files) if files else self.session.createDataFrame(schema.empty_table())

    def view(self, frame: Any) -> str:
        """The name of a data frame."""
        name = _name()
        frame.createOrReplaceTempView(name)
        return name

    def _frame(self, question: Any) -> Any:
        return self.session.sql(_sql(question, "pyspark"))


def _sql(question: Any, dialect: str) -> str:
    return str(ibis.to_sql(question, dialect=dialect))


def _name() -> str:
    return f"huitou_{next(_numbers)}"
