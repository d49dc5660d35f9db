"""Whom campaigns chose: stored once, outcomes that only go forward, and the way into the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.contact_log import OUTCOMES, Contact, ContactLog
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from tests.small_shop import moment

NOW = moment("2025-03-01T12:00Z")
SENT = Contact("k-1", "anna", NOW - timedelta(hours=1), "spring", "email")


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


def outcome(log: ContactLog, who: str = "anna", contact_id: str = "k-1") -> str:
    return log.of_contacts({(who, contact_id)})[who, contact_id].contact.outcome


def test_a_contact_is_stored_once(engine: Engine) -> None:
    """By customer and id: another customer may have the same id, and the first word stays."""
    log = ContactLog(engine)
    assert log.append([SENT, SENT, Contact("k-1", "ben", NOW, "spring", arm="control")], NOW) == 2
    assert log.append([Contact("k-1", "anna", NOW, "autumn", "sms")], NOW) == 0
    found = [each.contact for each in log.of_contacts({("anna", "k-1"), ("ben", "k-1")}).values()]
    assert sorted(found, key=lambda each: each.customer_id) == [
        SENT,
        Contact("k-1", "ben", NOW, "spring", arm="control"),
    ]
    assert log.outcomes("autumn") == {}


def test_nothing_is_stored_of_the_deleted(engine: Engine) -> None:
    """Who was deleted comes back by no campaign."""
    Erased(engine).begin(["anna"], NOW)
    assert ContactLog(engine).append([SENT], NOW) == 0


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (["sent", "opened", "delivered"], "opened"),
        (["clicked", "bounced"], "bounced"),
        (["bounced", "clicked", "sent"], "bounced"),
        (["bounced", "unsubscribed"], "unsubscribed"),
        (["unsubscribed", "bounced", "chosen"], "unsubscribed"),
        (["chosen"], "chosen"),
    ],
    ids=["late news", "bounce", "final", "complaint", "refusal", "nothing new"],
)
def test_outcomes_only_go_forward(engine: Engine, told: list[str], kept: str) -> None:
    """News that come late change nothing, one by one or all at once."""
    log = ContactLog(engine)
    log.append([SENT, Contact("k-2", "ben", NOW)], NOW)
    for each in told:
        log.report([("anna", "k-1", each)], NOW)
    changed = log.report([("ben", "k-2", each) for each in told], NOW)
    assert outcome(log) == outcome(log, "ben", "k-2") == kept
    assert changed == (kept != "chosen")
    assert log.report([("nobody", "k-1", "sent")], NOW) == 0


def test_who_unsubscribes_refuses_the_channel(engine: Engine) -> None:
    """From then on, until the customer says otherwise; without a channel every letter is refused."""
    log, described = ContactLog(engine), Described(engine)
    log.append([SENT, Contact("k-2", "ben", NOW)], NOW)
    log.report([("anna", "k-1", "unsubscribed"), ("ben", "k-2", "unsubscribed")], NOW)
    assert (described.refused("consent_email"), described.refused("contactable")) == (["anna"], ["ben"])
    log.append([Contact("k-3", "cy", NOW, None, "sms", outcome="unsubscribed")], NOW)
    assert described.refused("consent_sms") == ["cy"]


def test_what_is_since(engine: Engine) -> None:
    """Treated contacts made or told at a moment or later, or not in the warehouse yet, behind a place in the log."""
    log, old = ContactLog(engine), NOW - timedelta(days=9)
    log.append([Contact("1", "anna", old), Contact("2", "anna", old, arm="control")], old)
    assert [row[1] for row in log.since(0, NOW)] == ["anna"]
    log.mark_stored(log.take(9))
    assert log.since(0, NOW) == []
    log.append([Contact("3", "anna", old, "spring", "sms")], NOW)
    log.append([Contact("4", "ben", NOW)], old)
    log.mark_stored(log.take(9))
    found = log.since(0, NOW)
    assert [row[1:] for row in found] == [
        ("anna", (old - moment("1970-01-01T00:00Z")) // timedelta(microseconds=1), "sms", "spring"),
        ("ben", (NOW - moment("1970-01-01T00:00Z")) // timedelta(microseconds=1), None, None),
    ]
    assert log.since(found[0][0], NOW) == found[1:]


def test_what_waits_for_the_warehouse(engine: Engine) -> None:
    """Both arms, known when they were told, and not before they were made; once they are there they wait no more."""
    log = ContactLog(engine)
    later = NOW + timedelta(days=1)
    log.append([SENT, Contact("k-2", "ben", later, "spring", arm="control")], NOW)
    waiting = log.take(9)
    rows = waiting.rows.to_pylist()
    assert [(row["customer_id"], row["arm"], row["known_at"]) for row in rows] == [
        ("anna", "treated", NOW),
        ("ben", "control", later),
    ]
    assert rows[0]["contacted_at"] == SENT.contacted_at
    log.mark_stored(waiting)
    assert log.take(9).numbers == ()


def test_outcomes_are_in_order() -> None:
    """What is final comes last."""
    assert OUTCOMES[0] == "chosen"
    assert OUTCOMES[-2:] == ("bounced", "unsubscribed")
