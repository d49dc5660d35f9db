"""Many rows in one statement: every kind of value, the first of equal keys, and which were known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from features.shop_folder import ShopFolder
from serving.database.bulk_insert import insert_new, known
from serving.database.connection import open_database
from serving.database.tables import DESCRIBED, RESPONSES

NAMES = tuple(RESPONSES.columns.keys())


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
BIG = st.integers(-(2**63), 2**63 - 1)
ROW = st.tuples(TEXT, TEXT, BIG, TEXT, TEXT, BIG, st.none() | st.floats(allow_nan=False, allow_infinity=False))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=st.lists(ROW, max_size=6))
def test_rows_come_back_as_they_were(engine: Engine, rows: list[tuple[Any, ...]]) -> None:
    """Texts of any characters, whole numbers of 64 bits and floating-point numbers are stored exactly, once."""
    firsts: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        firsts.setdefault(row[0], row)
    with engine.connect() as connection, connection.begin() as transaction:
        assert insert_new(connection, RESPONSES, NAMES, rows) == len(firsts)
        found = {row[0]: tuple(row) for row in connection.execute(select(RESPONSES))}
        assert found == firsts
        assert insert_new(connection, RESPONSES, NAMES, rows) == 0
        asked = [*firsts, "never heard of"]
        assert sorted(known(connection, RESPONSES, "event_id", asked)) == sorted(firsts)
        transaction.rollback()


def test_flags(engine: Engine) -> None:
    """Flags and what is not known are stored as such."""
    names = ("customer_id", "payload", "personalized", "changed_us", "waiting")
    with engine.begin() as connection:
        insert_new(connection, DESCRIBED, names, [("a", "{}", None, 1, True), ("b", "{}", False, 1, False)])
        found = connection.execute(select(DESCRIBED.c.personalized, DESCRIBED.c.waiting).order_by("customer_id")).all()
    assert [tuple(row) for row in found] == [(None, True), (False, False)]
