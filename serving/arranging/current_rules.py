"""The rules that a running service keeps to, read again when their file changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.arranging.rules import RULES_FILE, ArrangeRules
from serving.arranging.shelf_rules import ShelfRules
from serving.file_mark import FileMark, Mark
from serving.snapshot_parts.shelf import Shelf

_LOG = logging.getLogger("huitou.arranging")

LARGEST_BYTES = 4_000_000
"""A larger file is not read."""


@dataclass(frozen=True)
class _Read:
    mark: Mark | None
    rules: ArrangeRules
    trouble: HuitouError | None


class CurrentRules:
    """Gives the rules in the shop's folder; requests look at the file (1 µs).

    A file that cannot be used changes nothing: the rules before it stay, and ``trouble`` tells why. Without a file
    there are no rules.
    """

    def __init__(
        self, shop: ShopFolder, *, look_every_s: float = 0.0, seconds: Callable[[], float] = monotonic
    ) -> None:
        """The file is looked at every ``look_every_s`` at most, as ``seconds`` tells the time."""
        self._file = shop.path / RULES_FILE
        self._mark = FileMark(self._file, look_every_s, seconds).get
        self._reading = threading.Lock()
        self._read = _Read(None, ArrangeRules(), None)
        self._on_shelf: tuple[ArrangeRules, Shelf, ShelfRules] | None = None

    def get(self) -> ArrangeRules:
        """The rules as last read without a mistake."""
        if self._read.mark != self._mark():
            self._read_again()
        return self._read.rules

    def on(self, shelf: Shelf) -> ShelfRules:
        """The rules about the items of ``shelf``."""
        rules, known = self.get(), self._on_shelf
        if known is None or known[0] is not rules or known[1] is not shelf:
            known = (rules, shelf, ShelfRules.of(rules, shelf))
            self._on_shelf = known
        return known[2]

    @property
    def trouble(self) -> HuitouError | None:
        """Why the file cannot be used, None when it is kept to."""
        self.get()
        return self._read.trouble

    def _read_again(self) -> None:
        with self._reading:
            # The mark comes before the text: a file that changes in between is read once more.
            mark = self._mark()
            if mark == self._read.mark:
                return
            try:
                rules = ArrangeRules() if mark is None else read_rules(self._file)
                self._read = _Read(mark, rules, None)
            except HuitouError as trouble:
                _LOG.warning("the rules before stay: %s", trouble.message)
                self._read = _Read(mark, self._read.rules, trouble)


def read_rules(file: Path) -> ArrangeRules:
    """The rules in ``file``; raises :class:`HuitouError` when it cannot be read or is wrong."""
    try:
        with open(file, "rb") as handle:
            data = handle.read(LARGEST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HuitouError(
            f"{RULES_FILE} must be a file of UTF-8 text; {error}. Mend or remove it.", code="broken_rules"
        ) from None
    if len(data) > LARGEST_BYTES:
        raise HuitouError(
            f"{RULES_FILE} must have at most {LARGEST_BYTES:,} bytes; it has more. Name categories or brands "
            "in place of single items.",
            code="broken_rules",
        )
    return ArrangeRules.read(text)
