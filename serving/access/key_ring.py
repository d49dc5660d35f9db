"""The valid keys in the memory of one worker, at most a second old."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from features.errors import HuitouError
from serving.access.principal import Principal
from serving.access.rate_limit import Limit, limit_of
from serving.database.access.keys import ApiKey

SOON_S = 0.5
"""Keys of this age are read anew, while requests go on with those at hand."""
OLDEST_S = 1.0
"""Keys of this age are not used: a request waits for new ones."""
PATIENCE_S = 0.5
"""How long a request waits for them, once: a database that does not answer must not close the shop."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A valid key, ready to be compared."""

    principal: Principal
    secret_hash: bytes
    """SHA-256 of the secret."""
    origins: frozenset[bytes]
    """Origins of the pages that may use it."""
    limit: Limit
    """How often it may be used."""


@dataclass(frozen=True)
class _Keys:
    by_id: Mapping[bytes, KnownKey]
    origins: frozenset[bytes]
    any_made: bool


_NO_KEY = bytes(32)


class KeyRing:
    """Finds keys by their id and compares secrets in a time that tells nothing of them.

    ``read`` gives all keys ever made and is called in a thread of its own, at most every half second and only while
    requests come. Where it fails the keys known before stay valid; where none were ever read nobody is let in.
    """

    def __init__(self, read: Callable[[], Sequence[ApiKey]], clock: Callable[[], datetime]) -> None:
        self._read = read
        self._clock = clock
        self._reader = ThreadPoolExecutor(1, "keys")
        self._keys: _Keys | None = None
        self._reading: Future[None] | None = None
        self._read_s = self._next_s = float("-inf")
        self.trouble: HuitouError | None = None
        """Why the keys could not be read the last time, None when they could."""
        self.due_s = float("-inf")
        """From this moment on (``time.monotonic``) requests call :meth:`refresh`; always while no key is known."""

    @property
    def origins(self) -> frozenset[bytes]:
        """All origins whose pages may use some key."""
        return self._keys.origins if self._keys is not None else frozenset()

    @property
    def any_made(self) -> bool:
        """Whether a key was ever made, be it valid or not; without one a service is open on its own machine."""
        return self._keys is None or self._keys.any_made

    async def refresh(self, now_s: float) -> None:
        """Begin to read the keys anew, and wait for it where those at hand are too old to be used.

        Raises :class:`HuitouError` when no keys could be read since the start.
        """
        if self._reading is None or (self._reading.done() and now_s >= self._next_s):
            self._reading = self._reader.submit(self._read_anew, now_s)
        if now_s - self._read_s > OLDEST_S and (self.trouble is None or self._keys is None):
            finished, _ = await asyncio.wait([asyncio.wrap_future(self._reading)], timeout=PATIENCE_S)
            if not finished and self.trouble is None:
                self.trouble = _silent()
        if self._keys is None:
            raise (self.trouble or _silent()).with_traceback(None)

    def find(self, authorization: bytes | None) -> KnownKey | None:
        """The key that the header ``Authorization`` holds; None when it holds none that is valid."""
        if authorization is None or self._keys is None:
            return None
        scheme, _, given = authorization.partition(b" ")
        parts = given.strip().split(b"_", 2)
        if len(parts) != 3 or parts[0] != b"hk" or scheme.lower() != b"bearer":
            return None
        known = self._keys.by_id.get(parts[1])
        # Compared also where there is no such key, so that the time does not tell which ids there are.
        is_right = compare_digest(sha256(parts[2]).digest(), _NO_KEY if known is None else known.secret_hash)
        return known if is_right else None

    def close(self) -> None:
        """Let the thread go."""
        self._reader.shutdown(wait=False)

    def _read_anew(self, began_s: float) -> None:
        try:
            found = self._read()
        except HuitouError as trouble:
            self.trouble = trouble
        else:
            self._keys, self._read_s, self.trouble = _known(found, self._clock()), began_s, None
            self.due_s = began_s + SOON_S
        finally:
            self._next_s = began_s + SOON_S


def _silent() -> HuitouError:
    return HuitouError(
        "the database did not answer in time, and no keys are known yet. Try again in a moment.",
        code="database",
        hint="Try again in a moment.",
    )


def _known(found: Sequence[ApiKey], now: datetime) -> _Keys:
    valid = {key.key_id.encode(): _ready(key) for key in found if key.state(now) == "valid"}
    origins = frozenset().union(*(key.origins for key in valid.values()))
    return _Keys(valid, origins, bool(found))


def _ready(key: ApiKey) -> KnownKey:
    return KnownKey(
        Principal(key.key_id, key.role),
        bytes.fromhex(key.secret_hash),
        frozenset(origin.encode() for origin in key.origins),
        limit_of(key.key_id, key.per_minute),
    )
