"""An import that stops at each step, says where it is and waits; a test starts it and kills it there.

``python -m tests.features.events.appending SHOP SEED`` appends the random events of ``SEED``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from features.events.staging import Staging
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import random_events

COUNT = 400


class WatchedStaging(Staging):
    """A staging whose removal, the first thing after the commit, can be watched."""

    def discard(self) -> None:
        say("committed")
        super().discard()


def say(step: str) -> None:
    """Name the step and wait until somebody writes a line."""
    sys.stdout.write(step + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def main(path: str, seed: str) -> None:
    folder = ShopFolder.open(Path(path))
    events = random_events(int(seed), COUNT)
    with folder.writing():
        say("begun")
        staging = WatchedStaging(folder.staging / "import", folder.settings.buckets, folder.settings.timezone)
        staging.add(events.slice(0, COUNT // 2))
        say("half staged")
        staging.add(events.slice(COUNT // 2))
        say("staged")
        Warehouse.open(folder).append(staging, lambda done, _: say(f"bucket {done}"))
    say("acknowledged")


if __name__ == "__main__":
    main(*sys.argv[1:])
