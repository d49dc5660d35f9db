"""A registry on a server that is wrong, gone or something else."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from training.registry import Registry
from training.versions.server_store import ServerStore

NEXT = "See that the MLflow server runs and lets you in, then try again."


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path / "shop")


class Refusal(BaseHTTPRequestHandler):
    """Answers everything with 403, as a server does that does not know the password."""

    def do_GET(self) -> None:  # the standard library's name
        self.send_error(403)

    def log_message(self, format: str, *values: object) -> None:  # the standard library's name
        """Say nothing."""


@pytest.fixture
def refusing_port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("uri", ["localhost:5000", "ftp://host", "http://", "http://host:none", "sqlite:///a.db", "/a"])
def test_an_address_that_is_none(shop: ShopFolder, uri: str) -> None:
    """Only the address of a server is taken; anything else is told before MLflow makes a folder of it."""
    message = (
        f"the MLflow server's address must begin with http:// or https://; got {uri.rstrip('/')!r}. "
        "Give it as http://127.0.0.1:5000, or none at all to keep models in the shop's folder."
    )
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        Registry(shop, uri)


def test_a_server_that_is_not_there(shop: ShopFolder) -> None:
    """Where nobody listens, the refusal is told at the first try and the password is not."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    message = f"the model registry at http://127.0.0.1:{port} failed: [Errno 111] Connection refused. {NEXT}"
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        Registry(shop, f"http://me:secret@127.0.0.1:{port}").versions()


def test_a_server_that_lets_nobody_in(shop: ShopFolder, refusing_port: int) -> None:
    """A server that answers with a refusal is named with what it said, in one line, without the password."""
    with pytest.raises(HuitouError, match=rf"failed: .*403.*{re.escape(NEXT)}$") as caught:
        Registry(shop, f"http://me:secret@127.0.0.1:{refusing_port}").champion()
    assert "\n" not in caught.value.message
    assert "secret" not in caught.value.message


def test_the_place_hides_the_password() -> None:
    """What people see of an address holds neither name nor password, not even when it is refused."""
    assert ServerStore("https://me:a%2Fb@c@host:1/mlflow/").place == "https://host:1/mlflow"
    with pytest.raises(HuitouError, match=r"got 'https://host:1'\. ") as caught:
        ServerStore("https://me:a/b@host:1")
    assert "me:" not in caught.value.message
