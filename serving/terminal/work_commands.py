"""What commands share that work in the shop's folder and tell what they found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.progress import spinner

if TYPE_CHECKING:  # The database is opened when a command runs.
    from serving.desk.workroom import Workroom


@dataclass(frozen=True)
class WorkCommands:
    """Some commands; they tell the time by ``clock``, and print to ``console``."""

    clock: Callable[[], datetime]
    """Tells the moment."""
    database: Callable[[], str | None]
    """Says the URL of the shop's database, if any."""
    console: Console
    """Where answers are printed."""

    @contextmanager
    def working(self, shop: Path, language: str, doing: str = "counting") -> Iterator[Workroom]:
        """The shop's workroom, while ``doing`` is shown; raises :class:`HuitouError` for an unknown language."""
        from serving.desk.workroom import workroom
        from training.report.page import checked_language

        checked_language(language)
        with workroom(ShopFolder.open(shop), self.database(), self.clock) as room, spinner(self.console, doing):
            yield room

    def write(self, found: dict[str, Any], file: Path | None) -> None:
        """Write everything that was found as JSON, where a file was asked for."""
        if file is not None:
            file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            self.console.print(f"everything is in {file}", markup=False)
