"""Sentences about those who are set aside: their own numbers, in both languages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop.anomalies import Anomalies
from serving.lists.set_aside_sentences import Sentence, sentences
from tests.odd_people import CUTOFF, START, crowd, ordered, viewed
from tests.small_shop import EventRow, append, events, people, shop


def told(path: Path, *rows: EventRow, internal: tuple[str, ...] = ()) -> dict[str, Sentence]:
    """The sentence about everybody who is set aside in a crowd with these events."""
    folder = shop(path, buckets=1)
    append(folder, events(*crowd(), *rows))
    Warehouse.open(folder).put_customers(people(*internal, internal=True))
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(CUTOFF)
    history = behaviour.history(0, CUTOFF, catalogue)
    anomalies = Anomalies.before(behaviour, CUTOFF, catalogue)
    aside = anomalies.set_aside(history)
    rows_aside = np.flatnonzero(aside.flags)
    names = [history.customer_ids[int(row)].as_py() for row in rows_aside]
    return dict(zip(names, sentences(anomalies, aside, rows_aside, "CNY"), strict=True))


@pytest.mark.parametrize(
    ("count", "seconds", "english", "chinese"),
    [
        (
            1_600,
            11,
            "1,600 views on 1 day, no order, one every 11 seconds",
            "1天里浏览1,600次，从未下单，每11秒一次",
        ),
        (
            3_000,
            170,
            "3,000 views on 7 days, no order, one every 3 minutes, around the clock",
            "7天里浏览3,000次，从未下单，每3分钟一次，昼夜不停",
        ),
        (
            700,
            4,
            "700 views on 1 day, no order, one every 4 seconds, up to 700 in an hour",
            "1天里浏览700次，从未下单，每4秒一次，一小时内多达700次",
        ),
        (
            500,
            1,
            "500 views on 1 day, no order, up to 500 in an hour",
            "1天里浏览500次，从未下单，一小时内多达500次",
        ),
    ],
)
def test_bots(tmp_path: Path, count: int, seconds: float, english: str, chinese: str) -> None:
    """How much was viewed, and each sign of a machine that was seen."""
    assert told(tmp_path, *viewed("machine", count, seconds)) == {"machine": (english, chinese)}


def test_resellers(tmp_path: Path) -> None:
    """How much was bought in how many orders, how large the lines are and usually are, and what for."""
    found = told(tmp_path, *ordered("wholesale", orders=6, lines=5, pieces=60))
    assert found == {
        "wholesale": (
            "1,800 pieces in 6 orders, 60 a line against the usual 2, net spend 9,000 CNY",
            "6笔订单净购1,800件，平均每行60件（本店通常2件），净消费9,000 CNY",
        )
    }


def test_test_orders(tmp_path: Path) -> None:
    """How many orders and lines were never in earnest."""
    assert told(tmp_path, *ordered("tries", orders=3, lines=1, price=0)) == {
        "tries": (
            "all 3 lines of 3 orders were free or sent back within 30 minutes",
            "3笔订单的全部3行商品均为零价或在30分钟内退回",
        )
    }


def test_internal_accounts(tmp_path: Path) -> None:
    """Who was said to be internal is told so."""
    assert told(tmp_path, ("staff", "view", "i1", START - timedelta(days=1)), internal=("staff",)) == {
        "staff": ("marked as a staff or test account in the table of customers", "客户资料中标记为员工或测试账户")
    }


def test_each_has_a_sentence_of_its_own(tmp_path: Path) -> None:
    """Several who are set aside get each their own numbers."""
    found = told(tmp_path, *viewed("a", 900, 11), *viewed("z", 800, 20), *ordered("m", orders=6, lines=5, pieces=60))
    assert {name: sentence[0].split(",")[0] for name, sentence in found.items()} == {
        "a": "900 views on 1 day",
        "m": "1",
        "z": "800 views on 1 day",
    }
