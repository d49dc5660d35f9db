"""How fast, small and fresh the service is: ``python -m benchmarks.serving``.

The real service (two workers, keys, limits, metrics, logs) answers for a simulated shop of a million customers and
100,000 items; beside it, in the same run and in turns, F: a bare FastAPI ``GET`` with a response model and ten items on
the same server. ``--shop FOLDER`` takes a published shop that is there already; it is not changed: what people do
meanwhile goes into a database of the benchmark's own. Prints medians over the rounds and ratios; the last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.serving_load import Load, ask, get, post
from benchmarks.serving_process import Running, answer, running
from benchmarks.serving_shop import Size, make_shop
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot

SEED = 7
ACCOUNTS = 1_360_000
"""A million of them have done something, and are in the snapshot."""
ROUNDS = 5
CONNECTIONS = 32

PER_ROUND = {"bare": 6_000, "published": 6_000, "reranked": 1_500, "durable": 3_000, "checked": 3_000}
"""Requests of each kind in one round."""

ALONE = {"bare": 1_000, "reranked": 500, "published": 1_000}
"""Requests of each kind over one connection, where how long one takes is measured."""

ACTIVE = PER_ROUND["reranked"]
"""So many people have fresh events. Each does something more before each answer, so that none was ever given before."""

AIMS = {
    "published_ratio": (">=", 1.1),
    "reranked_ratio": (">=", 0.15),
    "reranked_p50_ratio": ("<=", 7.0),
    "durable_ratio": (">=", 0.35),
    "private_mb": ("<=", 80.0),
    "start_s": ("<=", 2.0),
    "fresh_ms": ("<=", 100.0),
}
"""What each figure should be."""

HUITOU = str(Path(__file__).parents[1] / "huitou.py")


@dataclass(frozen=True)
class Shop:
    """The shop that is asked, and whom it knows."""

    folder: ShopFolder
    """Where it is published."""
    customers: Sequence[str]
    """Some customers, at random."""
    items: Sequence[str]
    """Some items that may be shown."""

    @classmethod
    def open(cls, folder: ShopFolder, people: int) -> Shop:
        """The shop in ``folder`` with so many customers drawn from all."""
        snapshot, random = Snapshot.open_current(folder), np.random.default_rng(SEED)
        rows = random.permutation(len(snapshot.customers))[:people].tolist()
        return cls(
            folder,
            [snapshot.customers.id(row) for row in rows],
            [snapshot.shelf.ids.id(int(code)) for code in snapshot.popular[:2_000]],
        )


class Requests:
    """Requests of each kind, always new ones."""

    def __init__(self, shop: Shop, key: str) -> None:
        self._shop, self._key, self._events = shop, key, 0
        self._random = np.random.default_rng(SEED)

    def of(self, kind: str, count: int) -> list[bytes]:
        """``count`` requests of one kind."""
        made: Iterator[bytes] = getattr(self, kind)(count)
        return list(made)

    def bare(self, count: int) -> Iterator[bytes]:
        """The yardstick's."""
        yield from (get(f"/items?customer_id={person}&n=10") for person in self._quiet(count))

    def published(self, count: int) -> Iterator[bytes]:
        """Recommendations for people who have done nothing since the snapshot."""
        yield from (self.recommendation(person) for person in self._quiet(count))

    def reranked(self, count: int) -> Iterator[bytes]:
        """Recommendations for people with fresh events, each asked once."""
        yield from (self.recommendation(person) for person in self._shop.customers[:count])

    def durable(self, count: int) -> Iterator[bytes]:
        """Single events to store."""
        yield from (self.click(self._some_one()) for _ in range(count))

    def checked(self, count: int) -> Iterator[bytes]:
        """The same, not to be stored."""
        path = "/v1/events?validate_only=true"
        yield from (post(path, self.event(self._some_one()), self._key) for _ in range(count))

    def clicks(self) -> list[bytes]:
        """An event of each of the people who are active."""
        return [self.click(person) for person in self._shop.customers[:ACTIVE]]

    def click(self, person: str, kind: str = "view") -> bytes:
        """One event of one person."""
        return post("/v1/events", self.event(person, kind), self._key)

    def recommendation(self, person: str) -> bytes:
        """The request of a shop's page."""
        return get(f"/v1/recommendations?customer_id={person}&n=10", self._key)

    def event(self, person: str, kind: str = "view") -> bytes:
        """Something done with some item just now."""
        self._events += 1
        item = self._shop.items[int(self._random.integers(len(self._shop.items)))]
        event = {"event_id": f"bench-{self._events}", "customer_id": person, "item_id": item, "kind": kind}
        return json.dumps({"events": [event | {"occurred_at": datetime.now(UTC).isoformat()}]}).encode()

    def _quiet(self, count: int) -> list[str]:
        # The last third sends no events in any round.
        return self._some(self._shop.customers[-len(self._shop.customers) // 3 :], count)

    def _some_one(self) -> str:
        middle = self._shop.customers[ACTIVE : 2 * len(self._shop.customers) // 3]
        return middle[int(self._random.integers(len(middle)))]

    def _some(self, people: Sequence[str], count: int) -> list[str]:
        return [people[place] for place in self._random.integers(len(people), size=count)]


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shop", type=Path, help="the folder of a published shop, in place of a simulated one")
    parser.add_argument("--small-shop", type=Path, help="another published shop: how long the service takes to start")
    parser.add_argument("--customers", type=int, default=ACCOUNTS, help="accounts of the simulated shop")
    parser.add_argument("--items", type=int, default=100_000, help="items of the simulated shop")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often everything is asked in turn")
    said = parser.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huitou-serving-")))
        folder = ShopFolder.open(said.shop) if said.shop else make_shop(place, Size(said.customers, said.items))
        found = measured(folder, place, said.rounds)
        if said.small_shop:
            found |= {"start_small_s": started(ShopFolder.open(said.small_shop), place)}
    for name, (how, aim) in AIMS.items():
        met = found[name] >= aim if how == ">=" else found[name] <= aim
        print(f"{name:20} {found[name]:9.3f}   aim {how} {aim:g}: {'met' if met else 'NOT MET'}")
    print(json.dumps(found))


def measured(folder: ShopFolder, place: Path, rounds: int) -> dict[str, Any]:
    """All figures of one shop."""
    shop, database = Shop.open(folder, 60_000), place / "huitou.db"
    environment = {"HUITOU_DATABASE": f"sqlite:///{database}"}
    key = made_key(folder, environment)
    asked = f"/v1/recommendations?customer_id={shop.customers[0]}"
    with (
        running(["-m", "benchmarks.bare_service"], "/items?customer_id=a", log=place / "bare.log") as bare,
        running(serve_command(folder), asked, log=place / "ours.log", key=key, environment=environment) as ours,
    ):
        requests = Requests(shop, key)
        print(f"started in {ours.start_s:.2f} s; {len(ours.workers())} workers", flush=True)
        for _ in range(2):
            ask(ours.port, requests.clicks(), CONNECTIONS)
        kinds = {"bare": bare, "published": ours, "reranked": ours, "durable": ours, "checked": ours}
        loads, cpu_us = in_turns(kinds, requests, rounds)
        alone = {kind: asked_anew(kinds, requests, kind, ALONE[kind], 1)[0] for kind in ALONE}
        fresh_ms = freshness_ms(ours, requests, shop)
        memory, shared = ours.private_mb(), ours.proportional_mb()
    return figures(loads, alone, cpu_us) | {
        "private_mb": round(max(memory), 1),
        "proportional_mb": round(max(shared), 1),
        "start_s": round(ours.start_s, 2),
        "fresh_ms": round(fresh_ms, 2),
        "customers": len(Snapshot.open_current(folder).customers),
        "items": len(Snapshot.open_current(folder).shelf),
    }


def in_turns(
    kinds: dict[str, Running], requests: Requests, rounds: int
) -> tuple[dict[str, list[Load]], dict[str, list[float]]]:
    """Each kind in each round, and the processor time that the service took for one request, microseconds."""
    loads: dict[str, list[Load]] = {kind: [] for kind in kinds}
    cpu_us: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            load, cpu_s = asked_anew(kinds, requests, kind, PER_ROUND[kind], CONNECTIONS)
            loads[kind].append(load)
            cpu_us[kind].append(cpu_s / PER_ROUND[kind] * 1e6)
            told(kind, load)
    return loads, cpu_us


def asked_anew(
    kinds: dict[str, Running], requests: Requests, kind: str, count: int, connections: int
) -> tuple[Load, float]:
    """Ask for one kind, and the processor seconds that took the service; who is re-ranked does something new before."""
    service = kinds[kind]
    if kind == "reranked":
        ask(service.port, requests.clicks(), CONNECTIONS)
    made, before = requests.of(kind, count), service.cpu_s()
    load = ask(service.port, made, connections)
    return load, service.cpu_s() - before


def figures(loads: dict[str, list[Load]], alone: dict[str, Load], cpu_us: dict[str, list[float]]) -> dict[str, Any]:
    """Medians over the rounds, and ratios of these."""
    rate = {kind: median(load.rate for load in of_kind) for kind, of_kind in loads.items()}
    p50 = {kind: load.quantile_ms(0.5) for kind, load in alone.items()}
    return {
        "published_ratio": round(rate["published"] / rate["bare"], 3),
        "reranked_ratio": round(rate["reranked"] / rate["bare"], 3),
        "reranked_p50_ratio": round(p50["reranked"] / p50["bare"], 2),
        "durable_ratio": round(rate["durable"] / rate["checked"], 3),
        "rates": {kind: round(value) for kind, value in rate.items()},
        "cpu_us": {kind: round(median(values)) for kind, values in cpu_us.items()},
        "p50_alone_ms": {kind: round(value, 3) for kind, value in p50.items()},
        "p99_ms": {kind: round(median(load.quantile_ms(0.99) for load in loads[kind]), 2) for kind in loads},
    }


def freshness_ms(ours: Running, requests: Requests, shop: Shop) -> float:
    """The median time from sending an event to having an answer that it changed: that without it differs."""
    found = []
    for person in shop.customers[-40:]:
        before = shown(ours, requests, person)
        if before is None:
            continue
        started_at = time.perf_counter()
        answer(ours.port, requests.click(person, "cart"))
        while shown(ours, requests, person) == before:
            if time.perf_counter() - started_at > 5:
                raise SystemExit("an event changed no answer within 5 s")
        found.append((time.perf_counter() - started_at) * 1_000)
    return median(found)


def shown(ours: Running, requests: Requests, person: str) -> list[tuple[str, float]] | None:
    """The items of a person's answer and their scores; None for who wants no personal answers."""
    body = json.loads(answer(ours.port, requests.recommendation(person))[1].split(b"\r\n\r\n", 1)[1])
    return None if body["fallback"] else [(item["item_id"], item["score"]) for item in body["items"]]


def started(folder: ShopFolder, place: Path) -> float:
    """How long the service takes to start for another shop, seconds."""
    environment = {"HUITOU_DATABASE": f"sqlite:///{place / 'small.db'}"}
    key, log = made_key(folder, environment), place / "small.log"
    with running(serve_command(folder), "/v1/recommendations", log=log, key=key, environment=environment) as service:
        return round(service.start_s, 2)


def serve_command(folder: ShopFolder) -> list[str]:
    """The command that serves a shop; without the mover, which would change the shop."""
    return [HUITOU, "serve", "--shop", str(folder.path), "--workers", "2", "--no-mover"]


def made_key(folder: ShopFolder, environment: dict[str, str]) -> str:
    """A new key of a shop's server, with a limit that the benchmark does not reach."""
    command = [sys.executable, HUITOU, "keys", "create", "--shop", str(folder.path), "--role", "shop"]
    command += ["--name", "benchmark", "--per-minute", "100000000"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    return next(word for word in done.stdout.split() if word.startswith("hk_"))


def told(kind: str, load: Load) -> None:
    """One line of one load; ends the benchmark when an answer was not 200."""
    print(f"{kind:10} {load.rate:9,.0f} /s  p50 {load.quantile_ms(0.5):7.3f} ms  p99 {load.quantile_ms(0.99):7.3f} ms")
    if set(load.statuses) != {200}:
        raise SystemExit(f"{kind}: not every answer was 200 but {dict(load.statuses)}")


if __name__ == "__main__":
    main()
