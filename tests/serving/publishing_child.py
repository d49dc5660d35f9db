"""A process that publishes and says each step aloud, waiting for a line after each.

For tests that kill it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from features.shop_folder import ShopFolder
from tests.serving.published_shop import PEOPLE, later, write_snapshot


def say(name: str) -> None:
    """Print the step and wait until the parent lets the process go on."""
    sys.stdout.write(name + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    write_snapshot(ShopFolder.open(Path(sys.argv[1])), PEOPLE[:3], header=later(1), step=say)
