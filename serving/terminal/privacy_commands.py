"""The commands about one person: ``huitou people erase``, ``huitou people export`` and ``huitou contact-key``."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder, replace_text
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # The database is loaded when a command runs.
    from serving.database.connection import Database as OpenDatabase
    from serving.database.people.erased import Erasure
    from serving.privacy.erasing import Erasing

Database = Callable[[], str | None]
Person = Annotated[str, typer.Argument(help="The customer's id; a visitor's with visitor: before it.")]

PATIENCE_S = 600
"""So long somebody else may write to the shop before the command gives up; the mover does the rest."""


def erase_command(clock: Callable[[], datetime], database: Database, console: Console) -> Callable[..., None]:
    """The command; it tells the time by ``clock`` and prints to ``console``."""

    def erase(
        customer_id: Person,
        shop: Shop = SHOP,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    ) -> None:
        """Delete a customer everywhere, with the visitors merged into it, and wait until nothing is left."""
        from serving.database.access.audit import COMMAND_LINE, Audit
        from serving.database.people.person_hash import person_hash
        from serving.privacy.erasing import Erasing

        folder = ShopFolder.open(shop)
        with _opened(folder, database) as engine:
            erasing = Erasing(folder, engine)
            if dry_run:
                _show(console, erasing, erasing.count(customer_id))
                return
            asked = erasing.ask(customer_id, clock())
            details = {"found": sum(asked.places.values())}
            Audit(engine).add(COMMAND_LINE, "customer.delete", person_hash(customer_id), details, clock())
            _show(console, erasing, asked.places)
            done = _finished(erasing, asked, clock)
        console.print(f"nothing is left; deletion {done.request_id}", markup=False)

    return erase


def export_command(clock: Callable[[], datetime], database: Database, console: Console) -> Callable[..., None]:
    """The command; it tells the time by ``clock`` and prints to ``console``."""

    def export(
        customer_id: Person,
        out: Annotated[Path, typer.Option(help="The JSON file to write.")],
        shop: Shop = SHOP,
    ) -> None:
        """Write everything that is held of one person to a file."""
        from serving.database.access.audit import COMMAND_LINE, Audit
        from serving.database.people.contact_cipher import SETTING, ContactCipher
        from serving.database.people.contact_details import ContactDetails
        from serving.database.people.person_hash import person_hash
        from serving.privacy.person_export import Holdings, person_export
        from serving.snapshot import Snapshot

        folder = ShopFolder.open(shop)
        try:
            snapshot = Snapshot.open_current(folder)
        except HuitouError:
            snapshot = None
        with _opened(folder, database) as engine:
            details = ContactDetails(engine, ContactCipher(os.environ.get(SETTING)))
            Audit(engine).add(COMMAND_LINE, "customer.export", person_hash(customer_id), {}, clock())
            told = person_export(Holdings(folder, engine, details, snapshot), customer_id, clock())
        replace_text(out, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        console.print(f"{out} holds {len(told['events']):,} events and everything else", markup=False)

    return export


def contact_key_command(database: Database, console: Console) -> Callable[..., None]:
    """The command; it prints to ``console``."""

    def contact_key(
        shop: Shop = SHOP,
        renew: Annotated[
            bool, typer.Option("--renew", help="Encrypt what is stored with the first key of HUITOU_CONTACT_KEY.")
        ] = False,
    ) -> None:
        """Print a new key for contact details; with --renew, use the newest key for all of them."""
        from serving.database.people.address_forms import phone_region
        from serving.database.people.contact_cipher import SETTING, ContactCipher, new_key
        from serving.database.people.contact_details import ContactDetails

        if not renew:
            console.print(new_key(), markup=False)
            return
        cipher = ContactCipher(os.environ.get(SETTING))
        if not cipher.encrypts:
            raise HuitouError(f"{SETTING} must hold a key to encrypt with. Make one with: huitou contact-key")
        folder = ShopFolder.open(shop)
        with _opened(folder, database) as engine:
            count = ContactDetails(engine, cipher, phone_region(folder.settings)).renew()
        console.print(f"contact details of {count:,} customers are encrypted with the first key")

    return contact_key


@contextmanager
def _opened(shop: ShopFolder, database: Database) -> Iterator[OpenDatabase]:
    from serving.database.connection import open_database

    engine = open_database(shop, database())
    try:
        yield engine
    finally:
        engine.dispose()


def _finished(erasing: Erasing, asked: Erasure, clock: Callable[[], datetime]) -> Erasure:
    """The deletion when nothing is left, whoever carried it out: this process, or the mover of a service."""
    last = time.monotonic() + PATIENCE_S
    while True:
        try:
            erasing.carry_out(clock())
        except HuitouError as error:
            if error.code != "busy" or time.monotonic() > last:
                raise
        done = erasing.status(asked.request_id)
        if done.done_at is not None:
            return done
        time.sleep(0.2)


def _show(console: Console, erasing: Erasing, places: Mapping[str, int]) -> None:
    rows = [(name, places.get(name, 0), holds) for name, holds in erasing.holds.items()]
    show_table(console, "What is held", ("place", "found", "what it is"), rows)
