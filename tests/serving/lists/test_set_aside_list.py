"""The list of those who are set aside: everybody once, by reason, and the others counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.warehouse import Warehouse
from serving.lists.set_aside_list import set_aside_list
from tests.odd_people import CUTOFF, crowd, ordered, viewed
from tests.small_shop import append, events, people, shop


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """A crowd with two bots, a reseller and an internal account, and one whom the rules must keep."""
    folder = shop(tmp_path_factory.mktemp("shop"))
    odd = [*viewed("=machine", 800), *viewed("another", 900), *ordered("wholesale", orders=6, lines=5, pieces=60)]
    append(folder, events(*crowd(), *odd, *viewed("partner", 800)))
    Warehouse.open(folder).put_customers(people("crowd 1", internal=True))
    Warehouse.open(folder).put_customers(people("partner", internal=False))
    return Behaviour.of(folder)


def test_everybody_is_listed_by_reason(behaviour: Behaviour) -> None:
    """Bots come first, then resellers, then the others, each by id, with a sentence."""
    found = set_aside_list(behaviour, CUTOFF)
    rows = found.table.to_pylist()
    assert [(row["reason"], row["customer_id"]) for row in rows] == [
        ("bot", "=machine"),
        ("bot", "another"),
        ("reseller", "wholesale"),
        ("internal", "crowd 1"),
    ]
    assert rows[0]["why"].startswith("800 views on 1 day, no order, one every 10 seconds")
    assert found.counts() == {"bot": 2, "reseller": 1, "test_orders": 0, "internal": 1}
    assert (found.customers, found.kept) == (124, 1)


def test_sentences_in_chinese(behaviour: Behaviour) -> None:
    """The sentences come in the language asked for."""
    assert set_aside_list(behaviour, CUTOFF, "zh").table["why"][0].as_py().startswith("1天里浏览800次，从未下单")


def test_nobody(tmp_path: Path) -> None:
    """A shop without events has an empty list with the same columns."""
    found = set_aside_list(Behaviour.of(shop(tmp_path)), CUTOFF)
    assert (len(found.table), found.customers) == (0, 0)
    assert found.table.column_names == ["customer_id", "reason", "why"]


def test_an_unknown_language_is_refused(behaviour: Behaviour) -> None:
    """Another language is told with those that there are."""
    with pytest.raises(HuitouError, match=r"^language must be one of en, zh; got 'fr'\.$"):
        set_aside_list(behaviour, CUTOFF, "fr")
