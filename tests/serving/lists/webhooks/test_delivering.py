"""Deliveries: batch by batch, each once, repeated where they fail, going on where they stopped, given up in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.errors import HuitouError
from features.events.event import CUSTOMER_SCHEMA
from serving.database.access.audit import Audit
from serving.database.marketing.deliveries import FAILED, SENT, WAITING, WebhookDeliveries
from serving.database.people.described import Described
from serving.desk.workroom import Workroom
from serving.lists.webhooks.delivering import LONGEST_WAIT, MOST_ATTEMPTS, DeliveryRound, ask_delivery
from serving.lists.webhooks.webhook_file import WEBHOOKS_FILE
from tests.serving.lists.listed_shop import frozen, groups, open_room
from tests.serving.lists.webhooks.listening_system import ListeningSystem, listening_system
from tests.serving.published_shop import NOW

ENVIRONMENT = {"HUITOU_WEBHOOK_CRM": "0123456789abcdef"}


@pytest.fixture
def system() -> Iterator[ListeningSystem]:
    with listening_system() as listening:
        yield listening


@pytest.fixture
def room(tmp_path: Path, system: ListeningSystem) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        write_webhook(opened, system)
        yield opened


def write_webhook(room: Workroom, system: ListeningSystem, **more: Any) -> None:
    """A webhook that gets everybody, two at a time."""
    crm = {"url": system.url, "secret_env": "HUITOU_WEBHOOK_CRM", "batch_rows": 2, "groups": "all"} | more
    (room.shop.path / WEBHOOKS_FILE).write_text(json.dumps({"webhooks": {"crm": crm}}), encoding="utf-8")


def at(room: Workroom, moment: datetime) -> DeliveryRound:
    """A round at some moment."""
    return DeliveryRound(replace(room, clock=lambda: moment), ENVIRONMENT)


def test_a_list_arrives_in_batches(room: Workroom, system: ListeningSystem) -> None:
    """Everybody once, in order of place, with the list's name; then it is sent, and written down."""
    header = frozen(room)
    asked = ask_delivery(room, header.list_id, "crm", "k1")
    at(room, NOW).step()
    assert system.customers == [["anna", "quiet"], ["b/o b", "王小明"], ["visitor:v 1"]]
    content = system.content(0)
    assert (content["delivery_id"], content["list_id"], content["name"], content["version"]) == (
        asked.delivery_id,
        header.list_id,
        "all",
        1,
    )
    assert content["members"][0]["item_1_title"] == "The kettle"
    assert "email" not in content["members"][0]
    assert WebhookDeliveries(room.database).get(asked.delivery_id).state == SENT
    assert [entry.act for entry in Audit(room.database).newest(5)] == ["list.sent", "list.send"]
    at(room, NOW).step()
    assert len(system.got) == 3


def test_only_those_who_are_written_to_where_nothing_is_said(room: Workroom, system: ListeningSystem) -> None:
    """The usual group is treatment."""
    write_webhook(room, system, groups="treatment")
    header = frozen(room, control_share=0.4)
    ask_delivery(room, header.list_id, "crm", "k1")
    at(room, NOW).step()
    treated = {person for person, group in groups(room, header).items() if group == "treatment"}
    assert {each for batch in system.customers for each in batch} == treated


def test_a_failure_is_repeated_from_there(room: Workroom, system: ListeningSystem) -> None:
    """The batch that failed comes again under the same key after a wait, those before it do not."""
    system.answers = [200, 500]
    asked = ask_delivery(room, frozen(room).list_id, "crm", "k1")
    at(room, NOW).step()
    found = WebhookDeliveries(room.database).get(asked.delivery_id)
    assert (found.state, found.sent_place, found.attempts) == (WAITING, 2, 1)
    assert found.trouble == "webhook 'crm': it answered 500"
    at(room, NOW + timedelta(seconds=4)).step()
    assert len(system.got) == 2
    at(room, NOW + timedelta(seconds=5)).step()
    assert system.customers[1:] == [["b/o b", "王小明"], ["b/o b", "王小明"], ["visitor:v 1"]]
    assert system.got[1][0]["Idempotency-Key"] == system.got[2][0]["Idempotency-Key"]
    assert WebhookDeliveries(room.database).get(asked.delivery_id).state == SENT


def test_who_said_no_is_not_sent(room: Workroom, system: ListeningSystem) -> None:
    """Also between two tries: the batch that comes again is of the same places, and nobody else moves up into it."""
    system.answers = [500]
    header = frozen(room, control_share=0)
    asked = ask_delivery(room, header.list_id, "crm", "k1")
    at(room, NOW).step()
    said = [{"customer_id": "anna", "contactable": False}, {"customer_id": "b/o b", "contactable": False}]
    said.append({"customer_id": "王小明", "contactable": False})
    Described(room.database).put(pa.Table.from_pylist(said, schema=CUSTOMER_SCHEMA), NOW)
    at(room, NOW + timedelta(minutes=1)).step()
    assert system.customers == [["anna", "quiet"], ["quiet"], ["visitor:v 1"]]
    keys = [got[0]["Idempotency-Key"] for got in system.got]
    assert keys == [f"{asked.delivery_id}-{first}" for first in (1, 1, 5)]
    assert WebhookDeliveries(room.database).get(asked.delivery_id).sent_place == 5
    assert Audit(room.database).newest(1)[0].details["left_out"] == {"not_contactable": 3}


def test_it_is_given_up_in_the_end_and_can_be_taken_up_again(room: Workroom, system: ListeningSystem) -> None:
    """After some failures nothing is tried any more; asked for again it goes on where it stopped."""
    system.answers = [200] + [503] * MOST_ATTEMPTS
    header = frozen(room)
    asked = ask_delivery(room, header.list_id, "crm", "k1")
    moment = NOW
    for _ in range(MOST_ATTEMPTS + 3):
        at(room, moment).step()
        moment += LONGEST_WAIT
    found = WebhookDeliveries(room.database).get(asked.delivery_id)
    assert (found.state, found.attempts, len(system.got)) == (FAILED, MOST_ATTEMPTS, MOST_ATTEMPTS + 1)
    assert ask_delivery(room, header.list_id, "crm", "k1").delivery_id == asked.delivery_id
    at(room, NOW).step()
    assert system.customers[-2:] == [["b/o b", "王小明"], ["visitor:v 1"]]


def test_asking_twice_sends_once(room: Workroom, system: ListeningSystem) -> None:
    """While a list is on its way it is not sent a second time."""
    header = frozen(room)
    assert ask_delivery(room, header.list_id, "crm", "k1") == ask_delivery(room, header.list_id, "crm", "k1")
    at(room, NOW).step()
    assert len(system.got) == 3


def test_the_command_waits_and_repeats(room: Workroom, system: ListeningSystem) -> None:
    """Who sends by hand waits as long as the delivery says."""
    system.answers = [500, 500]
    waited: list[float] = []
    asked = ask_delivery(room, frozen(room).list_id, "crm", "k1")
    assert DeliveryRound(room, ENVIRONMENT).finish(asked.delivery_id, waited.append).state == SENT
    assert waited == [0.0, 5.0, 10.0]


def test_a_secret_or_webhook_that_is_missing(room: Workroom, system: ListeningSystem) -> None:
    """Nothing is sent without a signature; the trouble is kept with the delivery, and it goes on later."""
    asked = ask_delivery(room, frozen(room).list_id, "crm", "k1")
    DeliveryRound(room, {}).step()
    found = WebhookDeliveries(room.database).get(asked.delivery_id)
    assert found.trouble is not None
    assert found.trouble.startswith("HUITOU_WEBHOOK_CRM must hold a secret")
    assert system.got == []
    at(room, NOW + timedelta(minutes=1)).step()
    assert len(system.got) == 3


def test_what_is_not_there_is_not_asked_for(room: Workroom) -> None:
    """An unknown webhook, list or column is told at once."""
    with pytest.raises(HuitouError, match="webhook must be one of crm"):
        ask_delivery(room, "l9", "other", "k1")
    with pytest.raises(HuitouError, match="there is no list 'l9'"):
        ask_delivery(room, "l9", "crm", "k1")
