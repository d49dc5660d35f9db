"""What commands share that work in the shop's folder and tell what they found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.progress import spinner

if TYPE_CHECKING:  # The database is opened when a command runs.
    from serving.desk.workroom import Workroom


def opened(
    shop: Path, database: Callable[[], str | None], clock: Callable[[], datetime]
) -> AbstractContextManager[Workroom]:
    """The workroom of a shop's folder; the environment says which keys contact details are encrypted with."""
    from serving.database.people.contact_cipher import SETTING
    from serving.desk.workroom import workroom

    return workroom(ShopFolder.open(shop), database(), clock, os.environ.get(SETTING))


@dataclass(frozen=True)
class WorkCommands:
    """Some commands; they tell the time by ``clock``, and print to ``console``."""

    clock: Callable[[], datetime]
    """Tells the moment."""
    database: Callable[[], str | None]
    """Says the URL of the shop's database, if any."""
    console: Console
    """Where answers are printed."""

    def room(self, shop: Path, language: str = "en") -> AbstractContextManager[Workroom]:
        """The shop's workroom; raises :class:`HuitouError` for an unknown language."""
        from training.report.page import checked_language

        checked_language(language)
        return opened(shop, self.database, self.clock)

    @contextmanager
    def working(self, shop: Path, language: str = "en", doing: str = "counting") -> Iterator[Workroom]:
        """The same, while ``doing`` is shown."""
        with self.room(shop, language) as room, spinner(self.console, doing):
            yield room

    def write(self, found: dict[str, Any], file: Path | None) -> None:
        """Write everything that was found as JSON, where a file was asked for."""
        if file is not None:
            file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            self.console.print(f"everything is in {file}", markup=False)
