"""The holdout: everybody against those held out, with verdicts of whole periods alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from serving.absorb import absorb
from serving.campaigns.holdout_results import holdout_results
from serving.care.care import Care
from serving.database.inbox import Inbox
from serving.database.marketing.holdout import Holdout
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import PEOPLE, at, campaign_room, days, order

EVERYBODY = [f"c{number:05}" for number in range(PEOPLE)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path) as opened:
        order(opened, EVERYBODY, days(-30))
        absorb(opened.shop, Inbox(opened.database))
        yield opened


def hold_out(room: Workroom) -> set[str]:
    """Hold a third out, and return who that is."""
    Holdout(room.database).set(0.33, days(0), "k1", lambda: "salt")
    rows = np.arange(PEOPLE)
    held = Care(room.shop, room.database).held_out(room.snapshot, rows, days(0))
    return {room.snapshot.customers.id(row) for row in rows[held].tolist()}


def test_those_held_out_are_the_control(room: Workroom) -> None:
    """Everybody who was known before counts, newcomers do not, and the last whole period is told."""
    held = hold_out(room)
    others = [who for who in EVERYBODY if who not in held]
    order(room, [*others[:90], *sorted(held)[:10], "newcomer"], days(20))
    order(room, others[100:150], days(29))
    found = holdout_results(at(room, days(30)))
    assert found["effects"]["control"]["people"] == len(held) > 60
    assert found["effects"]["treated"]["people"] == PEOPLE - len(held)
    assert found["effects"]["treated"]["buyers"] == 90
    assert found["effects"]["control"]["buyers"] == 10
    assert not found["interim"]
    assert found["until"].startswith("2025-03-29T12:00")
    assert found["verdict"]["kind"] == "helped"
    assert found["share"] == 0.33


def test_before_the_first_period_there_is_no_verdict(room: Workroom) -> None:
    """Figures so far, interim."""
    hold_out(room)
    found = holdout_results(at(room, days(10)))
    assert found["interim"]
    assert found["verdict"]["kind"] == "not_ended"


def test_what_cannot_be_told(room: Workroom) -> None:
    """Nobody held out; a time before the share was what it is."""
    with pytest.raises(HuitouError, match="nobody is held out, so there is nothing to compare with."):
        holdout_results(room)
    hold_out(room)
    with pytest.raises(HuitouError, match="since must be from 2025-03-01T12:00:00.*, when the share was set to 0.33"):
        holdout_results(at(room, days(5)), days(-1))
