"""The rules that a running service keeps to, read again when their file changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.arranging.rules import RULES_FILE, ArrangeRules
from serving.arranging.shelf_rules import ShelfRules
from serving.file_mark import FileMark, Mark
from serving.snapshot_parts.shelf import Shelf

_LOG = logging.getLogger("huitou.arranging")


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
        self._folder = shop.path
        self._mark = FileMark(shop.path / RULES_FILE, look_every_s, seconds).get
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
                self._read = _Read(mark, ArrangeRules.in_folder(self._folder), None)
            except HuitouError as trouble:
                _LOG.warning("the rules before stay: %s", trouble.message)
                self._read = _Read(mark, self._read.rules, trouble)
