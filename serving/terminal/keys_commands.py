"""The commands about the keys of the API: ``huitou keys create|list|rotate|revoke``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # The database is loaded when a command runs.
    from serving.database.access.audit import Audit
    from serving.database.access.keys import ApiKey, ApiKeys, MadeKey

KeyId = Annotated[str, typer.Argument(help="The id of a key, as huitou keys list tells it.")]


@dataclass(frozen=True)
class _Opened:
    keys: ApiKeys
    audit: Audit


def keys_commands(clock: Callable[[], datetime], database: Callable[[], str | None], console: Console) -> typer.Typer:
    """The group of commands about keys; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="Keys of the API: who may ask what, and how often.", no_args_is_help=True)

    @group.command()
    def create(
        role: Annotated[str, typer.Option(help="shop, browser, marketer, scientist, monitor or admin.")],
        name: Annotated[str, typer.Option(help="Who holds it, for people.")],
        per_minute: Annotated[
            int | None, typer.Option(help="Requests it may make in a minute; else what is usual for the role.")
        ] = None,
        origin: Annotated[
            list[str] | None, typer.Option(help="Origin of pages that may use a browser key; once for each.")
        ] = None,
        expires: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it is worth nothing.")] = None,
        shop: Shop = SHOP,
    ) -> None:
        """Make a key and print it, this once."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.database.access.keys import NewKey

        now = clock()
        expires_at = None if expires is None else now + timedelta(days=expires)
        asked = NewKey(role, name, per_minute, tuple(origin or ()), expires_at)
        with _opened(shop, database) as opened:
            made = opened.keys.make(asked, now, os.urandom)
            details = {"role": made.key.role, "name": made.key.name, "per_minute": made.key.per_minute}
            opened.audit.add(COMMAND_LINE, "key.create", made.key.key_id, details, now)
        _show_once(console, made)

    @group.command("list")
    def list_keys(shop: Shop = SHOP) -> None:
        """Print every key that was ever made, without its secret."""
        with _opened(shop, database) as opened:
            keys = opened.keys.list()
        now = clock()
        rows = [
            (key.key_id, key.role, key.name, _state(key, now), key.per_minute, " ".join(key.origins)) for key in keys
        ]
        show_table(console, "Keys", ("id", "role", "name", "state", "per minute", "origins"), rows)

    @group.command()
    def rotate(key_id: KeyId, shop: Shop = SHOP) -> None:
        """Give a key a new secret and print it, this once; the old one stops working within a second."""
        from serving.database.access.audit import COMMAND_LINE

        now = clock()
        with _opened(shop, database) as opened:
            made = opened.keys.rotate(key_id, now, os.urandom)
            opened.audit.add(COMMAND_LINE, "key.rotate", made.key.key_id, {"name": made.key.name}, now)
        _show_once(console, made)

    @group.command()
    def revoke(key_id: KeyId, shop: Shop = SHOP) -> None:
        """Make a key worthless for ever; running services refuse it within a second."""
        from serving.database.access.audit import COMMAND_LINE

        now = clock()
        with _opened(shop, database) as opened:
            key = opened.keys.revoke(key_id, now)
            opened.audit.add(COMMAND_LINE, "key.revoke", key.key_id, {"name": key.name}, now)
        console.print(f"key {key.key_id} ({key.role}, {key.name}) is revoked", markup=False)

    return group


@contextmanager
def _opened(shop: Path, database: Callable[[], str | None]) -> Iterator[_Opened]:
    from serving.database.access.audit import Audit
    from serving.database.access.keys import ApiKeys
    from serving.database.connection import open_database

    engine = open_database(ShopFolder.open(shop), database())
    try:
        yield _Opened(ApiKeys(engine), Audit(engine))
    finally:
        engine.dispose()


def _show_once(console: Console, made: MadeKey) -> None:
    key = made.key
    console.print(f"key {key.key_id} ({key.role}, {key.name}), {key.per_minute:,} requests a minute:", markup=False)
    console.print(made.text, markup=False, highlight=False)
    console.print("Keep it now: it is not stored and cannot be shown again.")


def _state(key: ApiKey, now: datetime) -> str:
    state = key.state(now)
    if state == "valid":
        return state if key.expires_at is None else f"until {key.expires_at:%Y-%m-%d}"
    return f"{state} {key.revoked_at or key.expires_at:%Y-%m-%d}"
