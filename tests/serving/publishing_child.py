"""A process that publishes, tells each step, and waits until it is told to go on; it is killed after some of them."""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import Connection

from features.shop_folder import ShopFolder
from tests.forks import forks
from tests.serving.published_shop import PEOPLE, later, write_snapshot


def publish_aloud(shop: ShopFolder, line: Connection) -> None:
    """Publish, step by step."""

    def say(name: str) -> None:
        line.send(name)
        line.recv()

    write_snapshot(shop, PEOPLE[:3], header=later(1), step=say)


def killed_publisher(shop: ShopFolder, steps: int) -> list[str]:
    """Publish in another process, kill it when it has said so many steps, and return what it said."""
    line, other_end = forks().Pipe()
    publisher = forks().Process(target=publish_aloud, args=(shop, other_end))
    publisher.start()
    other_end.close()
    said: list[str] = []
    with line, suppress(EOFError):  # it may end before
        said.append(line.recv())
        while len(said) < steps:
            line.send("go on")
            said.append(line.recv())
    publisher.kill()
    publisher.join()
    return said
