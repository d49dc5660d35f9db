"""A shop that is worked on by commands and over HTTP at the same time, at moments that a test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from features.shop_folder import ShopFolder
from serving.running.chores import chores
from tests.command_line.command import done
from tests.command_line.moved_clock import MovedClock
from tests.serving.living_service import LivingService


@dataclass(frozen=True)
class Life:
    """A published shop with its service, and the clock of both."""

    shop: Path
    """Its folder."""
    clock: MovedClock
    """The present of the commands and of the service."""
    http: httpx2.Client
    """Asks the service with the key of an administrator."""

    def command(self, *words: object) -> str:
        """What a command on the shop prints."""
        return done(*words, "--shop", self.shop)

    def get(self, path: str) -> Any:
        """What the service answers."""
        return self.http.get(path).raise_for_status().json()

    def post(self, path: str, body: object) -> Any:
        """What the service answers to a body."""
        return self.http.post(path, json=body).raise_for_status().json()

    def file(self, list_id: str) -> bytes:
        """A list as the service exports it."""
        return self.http.get(f"/v1/lists/{list_id}/export").raise_for_status().content

    def mover_round(self) -> None:
        """One round of all chores of the mover."""
        with chores(ShopFolder.open(self.shop), self.clock) as every:
            for chore in every.values():
                chore()


@contextmanager
def served_life(shop: Path, clock: MovedClock) -> Iterator[Life]:
    """Serve a shop whose commands go by ``clock``, which the service goes by as well."""
    service = LivingService(ShopFolder.open(shop), clock=clock)
    headers = {"Authorization": f"Bearer {service.make_key('admin')}"}
    with service, httpx2.Client(base_url=service.url, headers=headers, timeout=60) as http:
        yield Life(shop, clock, http)
