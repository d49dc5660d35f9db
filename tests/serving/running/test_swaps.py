"""Snapshots are swapped while the service is asked: no request fails, and no answer mixes two of them."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from features.shop_folder import ShopFolder
from tests.serving.published_shop import HEADER, ITEMS, NOW, PEOPLE, write_snapshot
from tests.serving.running.running_service import running_service

SWAPS = 10
CALLERS = 3
WAITING_S = 30.0

ASKED = ("customer_id=anna", "customer_id=quiet", "visitor_id=v%201", "placement=item&context_items=apple&n=5", "n=3")
"""People of the snapshot, one who opted out, a visitor, a page, nobody."""


@dataclass
class Callers:
    """Threads that ask for recommendations over connections of their own, and keep what they were told."""

    port: int
    """Where the service listens."""
    statuses: set[int] = field(default_factory=set)
    """Every status that came."""
    told: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """The snapshot of each answer, and its items."""
    done: threading.Event = field(default_factory=threading.Event)
    """Set when they should end."""

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask from all threads until the end of the block."""
        threads = [threading.Thread(target=self._ask) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.done.set()
            for thread in threads:
                thread.join(WAITING_S)

    def wait_for(self, snapshot: str, answers: int) -> None:
        """Wait until so many more answers came from a snapshot."""
        before, waiting = len(self.told), threading.Event()
        for _ in range(int(WAITING_S / 0.002)):
            if sum(told == snapshot for told, _ in self.told[before:]) >= answers:
                return
            waiting.wait(0.002)
        raise AssertionError(f"no {answers} answers came from {snapshot}")

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAITING_S)
        while not self.done.is_set():
            for question in ASKED:
                connection.request("GET", f"/v1/recommendations?{question}")
                answer = connection.getresponse()
                said = json.loads(answer.read())
                self.statuses.add(answer.status)
                if answer.status == 200:
                    self.told.append((said["snapshot"], tuple(item["item_id"] for item in said["items"])))
        connection.close()


def publish(shop: ShopFolder, number: int) -> str:
    """Publish a snapshot whose items, but one, carry its number; return its id."""
    names = {name: name if name == "apple" else f"{name} #{number}" for name in ITEMS}
    people = [replace(person, items=[names[item] for item in person.items]) for person in PEOPLE]
    header = replace(HEADER, published_at=NOW + timedelta(minutes=number), model_version=str(number))
    return write_snapshot(shop, people, tuple(names.values()), header=header)


def test_ten_swaps_under_load(tmp_path: Path, database_url: str | None) -> None:
    """While three callers ask two workers without a pause, ten snapshots come: all is answered, each from one."""
    shop = ShopFolder.create(tmp_path / "shop")
    numbers = {publish(shop, 0): 0}
    with running_service(shop.path, workers=2, database_url=database_url) as service:
        callers = Callers(urlsplit(service.url).port or 0)
        with callers.asking():
            for number in range(1, SWAPS + 1):
                newest = publish(shop, number)
                numbers[newest] = number
                callers.wait_for(newest, 10 * CALLERS)
        assert callers.statuses == {200}
    for snapshot, items in callers.told:
        assert items
        assert all(item == "apple" or item.endswith(f" #{numbers[snapshot]}") for item in items), (snapshot, items)
    assert {snapshot for snapshot, _ in callers.told} == set(numbers)
