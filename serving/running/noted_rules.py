"""Changes of the shop's rules, noted in the audit log by the one process of a shop that does its chores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.arranging.rules import RULES_FILE, ArrangeRules
from serving.database.access.audit import COMMAND_LINE, Audit
from serving.file_mark import file_mark

ACT = "rules.change"
"""How the audit log calls it."""


class NotedRules:
    """Compares the file of the rules with the one that was noted last, also across restarts.

    Who wrote the file is not known: it was done on the machine, as commands are. Rules that cannot be used are not
    kept to and not noted.
    """

    def __init__(self, shop: ShopFolder, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._file = shop.path / RULES_FILE
        self._audit = audit
        self._clock = clock
        self._mark: object = "nothing was looked at"

    def step(self) -> None:
        """Note a change since the last one; without one this costs a look at the file."""
        mark = file_mark(self._file)
        if mark == self._mark:
            return
        count, digest = 0, None
        if mark is not None:
            try:
                count = len(ArrangeRules.in_folder(self._file.parent).rules)
                digest = hashlib.sha256(self._file.read_bytes()).hexdigest()
            except (HuitouError, OSError):
                self._mark = mark
                return
        last = self._audit.newest(1, act=ACT)
        if digest != (last[0].details["sha256"] if last else None):
            self._audit.add(COMMAND_LINE, ACT, RULES_FILE, {"rules": count, "sha256": digest}, self._clock())
        self._mark = mark
