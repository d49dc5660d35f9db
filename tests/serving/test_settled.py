"""What a snapshot is computed from: each event is in it or still fresh, never both, wherever moving stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.absorb import absorb, settled
from serving.database.connection import Database, open_database
from serving.database.inbox import Inbox
from serving.database.inbox_reader import InboxReader
from serving.database.people.person_now import PeopleNow
from serving.publish import publish
from serving.snapshot import Snapshot
from tests.rules_bundle import rules_bundle
from tests.serving.database.fresh_events import RECEIVED, checked
from tests.small_shop import append, events, shop

BUYERS = {"first": "anna", "second": "ben", "third": "carl"}
"""Who buys what: the first two before the mover is stopped, the third after it."""


class StoppedError(Exception):
    """The mover was stopped at a step."""


@pytest.fixture
def folder(tmp_path: Path) -> ShopFolder:
    """A shop in which somebody did something long ago."""
    folder = shop(tmp_path / "shop")
    append(folder, events(("old", "view", "tea", "2024-03-01T12:00Z")))
    return folder


@pytest.fixture
def engine(folder: ShopFolder, database_url: str | None) -> Iterator[Database]:
    """The shop's database."""
    engine = open_database(folder, database_url)
    yield engine
    engine.dispose()


def buy(engine: Database, *names: str) -> None:
    """Let purchases arrive."""
    rows = [{"event_id": item, "item_id": item, "customer_id": BUYERS[item], "kind": "purchase"} for item in names]
    Inbox(engine).put(checked(*rows), RECEIVED)


def stop_at(folder: ShopFolder, engine: Database, wanted: str) -> None:
    """Move what waits until a step is done, and no further."""

    def stop(step: str) -> None:
        if step == wanted:
            raise StoppedError

    with pytest.raises(StoppedError):
        absorb(folder, Inbox(engine), stop)


@pytest.fixture
def people(engine: Database) -> Iterator[PeopleNow]:
    """What live answers ask, with the connection that they keep."""
    people = PeopleNow(engine)
    yield people
    people.close()


def live_answers(people: PeopleNow, version: int) -> list[str]:
    """What live answers look at."""
    return [touch.item_id for person in BUYERS.values() for touch in people.of(person, version).touches]


def audiences(engine: Database, version: int) -> list[str]:
    """What previews of audiences read."""
    return [event["item_id"] for page in InboxReader(engine, version).new() for event in page]


def contact_care(engine: Database, version: int) -> list[str]:
    """What those bought whom contact care takes to have bought since."""
    buyers = Inbox(engine).buyers_after(-1, version)[1]
    return [item for item, person in BUYERS.items() if person in buyers]


WAYS: Mapping[str, Callable[[Database, int], list[str]]] = {each.__name__: each for each in (audiences, contact_care)}
"""What else reads fresh events beside a snapshot."""


def counted(behaviour: Behaviour, engine: Database, people: PeopleNow) -> dict[str, list[str]]:
    """The items that were bought by what was computed and what is fresh together, for each way of reading."""
    reader = behaviour.reader
    stored = [item for bucket in behaviour.buckets for item in reader.bucket(bucket)["item_id"].to_pylist()]
    mine = [item for item in stored if item in BUYERS]
    fresh = {name: read(engine, reader.version) for name, read in WAYS.items()}
    fresh["live_answers"] = live_answers(people, reader.version)
    return {name: sorted([*mine, *items]) for name, items in fresh.items()}


def once(*items: str) -> dict[str, list[str]]:
    """What each way finds that counts these once."""
    return {name: [*items] for name in (*WAYS, "live_answers")}


@pytest.mark.parametrize("step", ["staged", "stored", "marked", "forgotten"])
def test_a_mover_that_is_stopped_there(folder: ShopFolder, engine: Database, people: PeopleNow, step: str) -> None:
    """Each event counts once at that moment, and when the mover went on with what came meanwhile."""
    buy(engine, "first", "second")
    stop_at(folder, engine, step)
    buy(engine, "third")
    behaviour = settled(folder, Inbox(engine))
    assert counted(behaviour, engine, people) == once(*BUYERS)
    absorb(folder, Inbox(engine))
    assert counted(behaviour, engine, people) == once(*BUYERS)


def test_a_snapshot_from_before_counts_them_as_fresh(folder: ShopFolder, engine: Database, people: PeopleNow) -> None:
    """At every step: what a snapshot does not hold stays fresh for it, marked or not."""
    behaviour = settled(folder, Inbox(engine))
    buy(engine, *BUYERS)
    seen: dict[str, dict[str, list[str]]] = {}
    absorb(folder, Inbox(engine), lambda step: seen.update({step: counted(behaviour, engine, people)}))
    assert seen == {step: once(*BUYERS) for step in ("staged", "stored", "marked", "forgotten")}


def test_a_mover_that_is_at_work(folder: ShopFolder, engine: Database, people: PeopleNow) -> None:
    """Who asks while another one has stored and not marked yet waits until it has."""
    buy(engine, *BUYERS)
    asked: list[Future[Behaviour]] = []
    with ThreadPoolExecutor(1) as pool:

        def ask(step: str) -> None:
            if step == "stored":
                asked.append(pool.submit(settled, folder, Inbox(engine)))

        absorb(folder, Inbox(engine), ask)
        behaviour = asked[0].result()
    assert counted(behaviour, engine, people) == once(*BUYERS)


def test_the_lock_is_taken_only_when_something_waits(folder: ShopFolder, engine: Database, people: PeopleNow) -> None:
    """Nobody is disturbed by a long writer while everything is marked; else the error says whom to wait for."""
    buy(engine, "first")
    absorb(folder, Inbox(engine))
    with folder.writing():
        assert counted(settled(folder, Inbox(engine)), engine, people) == once("first")
        buy(engine, "second")
        with pytest.raises(HuitouError, match="^another process is writing to the shop") as caught:
            settled(folder, Inbox(engine))
    assert caught.value.code == "busy"


def test_one_answer_counts_a_purchase_once(folder: ShopFolder, engine: Database, people: PeopleNow) -> None:
    """A snapshot that was published while the mover lay between its two steps, and the live answer beside it."""
    buy(engine, "first", "second")
    stop_at(folder, engine, "stored")
    buy(engine, "third")
    behaviour = settled(folder, Inbox(engine))
    publish(behaviour, rules_bundle(behaviour, RECEIVED), folder, now=RECEIVED + timedelta(hours=1))
    absorb(folder, Inbox(engine))
    snapshot = Snapshot.open_current(folder)
    assert live_answers(people, snapshot.header.event_version) == []
    orders = [snapshot.customer(snapshot.customers.row(person))["order_count_all"] for person in BUYERS.values()]
    assert orders == [1, 1, 1]
