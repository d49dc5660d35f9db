"""Whether a service that nobody has made a key for may answer: only to its own machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_address

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.access.keys import ApiKeys
from serving.database.connection import open_database

MAKE_A_KEY = 'huitou keys create --role shop --name "our website"'
"""The command that makes the first key."""

_PROXIED = (b"forwarded", b"x-forwarded-for", b"x-real-ip")


def check_binding(host: str, any_key: Callable[[], bool]) -> None:
    """Raise :class:`HuitouError` when other machines could reach a service for which no key was made.

    ``any_key`` says whether one was; it is asked only where that counts.
    """
    if not is_local(host) and not any_key():
        raise HuitouError(
            f"serving on {host or 'every address'} needs a key, because other machines can reach it. "
            f"Make one with: {MAKE_A_KEY}, or serve on 127.0.0.1.",
            code="no_key",
            field="host",
            value=host,
            allowed=["127.0.0.1", "localhost"],
            hint=MAKE_A_KEY,
        )


def any_key_made(shop: ShopFolder, database_url: str | None) -> bool:
    """Whether a key was ever made for the shop."""
    engine = open_database(shop, database_url)
    try:
        return bool(ApiKeys(engine).list())
    finally:
        engine.dispose()


def is_local(host: str) -> bool:
    """Whether only this machine can reach an address to listen at."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def came_from_here(server: tuple[str, int | None] | None, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request surely was made on this machine, by somebody who meant this service.

    ``server`` is where it arrived: a loopback address, or a name where nothing was sent over a network. A proxy on this
    machine hands on requests of strangers, and a page of a foreign site may have bent its own name to this machine:
    both are told by their headers.
    """
    if server is None or not _is_loopback_or_name(server[0]):
        return False
    if any(name in headers for name in _PROXIED):
        return False
    return _is_own_name(headers.get(b"host", b""))


@lru_cache(maxsize=64)
def _is_own_name(header: bytes) -> bool:
    """Whether a header ``Host`` holds a name that nobody else can own."""
    host = header.decode("latin-1").lower()
    name = host.partition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
    # Nobody else can own a name without a dot, or a number.
    return "." not in name.removesuffix(".localhost") or _is_number(name)


@lru_cache(maxsize=64)
def _is_loopback_or_name(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
