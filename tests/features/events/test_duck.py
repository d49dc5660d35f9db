"""The one DuckDB of a process, also of a child of one that had asked it."""

from __future__ import annotations

import subprocess
import sys

from features.events.duck import connect
from tests.conftest import ROOT

FORKED = """
import os
from features.events.duck import connect

with connect() as connection:
    connection.sql("select 1").fetchall()
child = os.fork()
if child == 0:
    with connect() as connection:
        os._exit(connection.sql("select 7").fetchall()[0][0])
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_has_its_own() -> None:
    """A child forked from a process that had asked its DuckDB asks one of its own."""
    ran = subprocess.run([sys.executable, "-c", FORKED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "7\n"


def test_times_are_told_in_utc() -> None:
    """Nothing of the machine's own settings is in an answer, and what one connection makes no other one sees."""
    with connect() as connection, connect() as other:
        connection.sql("create temp table mine as select 1")
        assert connection.sql("select current_setting('TimeZone')").fetchall() == [("UTC",)]
        assert other.sql("select count(*) from duckdb_tables() where temporary").fetchall() == [(0,)]
