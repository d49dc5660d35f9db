"""Similar customers of a snapshot: of the same planted kind, and never a bot."""

from __future__ import annotations

import pytest

from serving.alike.similar_customers import MOST, similar_customers, similar_table
from serving.snapshot import Snapshot
from tests.training.customers.alike.planted_kinds import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_most_similar_are_of_the_same_kind(kind: str, snapshot: Snapshot) -> None:
    """Ten others of the planted kind, the most similar first, in the same cluster."""
    found = similar_customers(snapshot, snapshot.customers.rows([f"{kind} 3"]), 10, "en")
    assert found is not None
    assert {other.customer_id.rsplit(" ", 1)[0] for other in found} == {kind}
    assert f"{kind} 3" not in {other.customer_id for other in found}
    alikeness = [other.similarity for other in found]
    assert alikeness == sorted(alikeness, reverse=True)
    assert all(0 < value <= 1 for value in alikeness)
    assert len({other.cluster for other in found}) == 1
    assert all(other.in_common for other in found)


def test_no_bot_is_like_anybody(snapshot: Snapshot) -> None:
    """Neither machines nor who looked once are among the most similar, and they are like nobody."""
    found = similar_customers(snapshot, snapshot.customers.rows(["strollers 3"]), MOST, "en")
    assert found is not None
    assert len(found) == MOST
    assert not {other.customer_id for other in found} & {"glance", *(f"machine {n}" for n in range(6))}
    for nobody in ("glance", "machine 0"):
        assert similar_customers(snapshot, snapshot.customers.rows([nobody]), 10, "en") is None


def test_both_languages(snapshot: Snapshot) -> None:
    """What two have in common is told in Chinese as well."""
    rows = snapshot.customers.rows(["tea lovers 5"])
    en, zh = (similar_customers(snapshot, rows, 1, language) for language in ("en", "zh"))
    assert en is not None
    assert zh is not None
    assert en[0].customer_id == zh[0].customer_id
    assert len(en[0].in_common) == len(zh[0].in_common)
    assert all("shop:" in sentence for sentence in en[0].in_common)
    assert all("全店" in sentence for sentence in zh[0].in_common)


def test_people_like_those_of_a_list(snapshot: Snapshot) -> None:
    """Like twenty readers are the other sixty; a bot on the list changes nothing."""
    asked = [f"readers {n}" for n in range(20)]
    found = similar_customers(snapshot, snapshot.customers.rows(asked), 60, "en")
    assert found is not None
    assert {other.customer_id for other in found} == {f"readers {n}" for n in range(20, 80)}
    assert similar_customers(snapshot, snapshot.customers.rows([*asked, "machine 0"]), 60, "en") == found


def test_as_a_table(snapshot: Snapshot) -> None:
    """Each customer is a row; what is in common has columns of its own, empty where there is less."""
    found = similar_customers(snapshot, snapshot.customers.rows(["snackers 1"]), 5, "en")
    assert found is not None
    rows = similar_table(found).to_pylist()
    assert [row["customer_id"] for row in rows] == [other.customer_id for other in found]
    for row, other in zip(rows, found, strict=True):
        told = [row[f"in_common_{place}"] for place in (1, 2, 3)]
        assert told == [*other.in_common, *[None] * (3 - len(other.in_common))]
    assert len(similar_table([])) == 0
