"""The name of a request, by which a caller and the log speak of the same one."""

from __future__ import annotations

import re
from collections.abc import Callable

_PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """Takes the caller's name of a request when it is short and plain, else makes one.

    Made names are random letters of the process and a running number: a tenth of the time of a random name each.
    """

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._start = ""
        self._number = 0

    def name(self, given: bytes | None) -> str:
        """The name of a request that came with ``given`` as its ``X-Request-Id``."""
        if given is not None and _PLAIN.fullmatch(given):
            return given.decode("ascii")
        if not self._start:  # Drawn by the first request, so that forked workers differ.
            self._start = self._random_bytes(8).hex()
        self._number += 1
        return f"{self._start}-{self._number:x}"
