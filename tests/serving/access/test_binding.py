"""A service without keys is for its own machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.access.binding import any_key_made, came_from_here, check_binding
from tests.serving.access.made_keys import asked, make_keys

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is refused


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_local_serving_needs_no_key(host: str) -> None:
    """What only this machine can reach may be open; whether there are keys is not even asked."""

    def unasked() -> bool:
        raise AssertionError

    check_binding(host, unasked)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.5", "shop.example", ""])
def test_open_serving_is_refused(host: str) -> None:
    """What other machines can reach needs a key; the command that makes one is told."""
    said = r"needs a key, because other machines can reach it\. Make one with: huitou keys create --role shop"
    with pytest.raises(HuitouError, match=said):
        check_binding(host, lambda: False)
    check_binding(host, lambda: True)


def test_whether_a_key_was_made(tmp_path: Path) -> None:
    """A shop has none until one is made."""
    shop = ShopFolder.create(tmp_path / "shop")
    assert not any_key_made(shop, None)
    make_keys(shop, asked("shop"))
    assert any_key_made(shop, None)


@pytest.mark.parametrize("host", [b"127.0.0.1:8000", b"localhost", b"[::1]:8000", b"demo.localhost:80", b"box", b""])
def test_requests_of_this_machine(host: bytes) -> None:
    """Names that nobody else can own, at a loopback address, mean this service."""
    for server in (("127.0.0.1", 8000), ("::1", 8000), ("inside", None)):
        assert came_from_here(server, {b"host": host})


@pytest.mark.parametrize(
    ("server", "headers"),
    [
        (None, {}),
        (("192.168.1.5", 8000), {b"host": b"localhost"}),
        (("127.0.0.1", 8000), {b"host": b"rebound.example:8000"}),
        (("127.0.0.1", 8000), {b"host": b"evil.example.localhost.example"}),
        (("127.0.0.1", 8000), {b"host": b"localhost", b"x-forwarded-for": b"1.2.3.4"}),
        (("127.0.0.1", 8000), {b"host": b"localhost", b"forwarded": b"for=1.2.3.4"}),
    ],
)
def test_requests_of_strangers(server: tuple[str, int] | None, headers: dict[bytes, bytes]) -> None:
    """Other addresses, a foreign name bent to this machine, and what a proxy hands on are strangers."""
    assert not came_from_here(server, headers)
