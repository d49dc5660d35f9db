"""How often a key may ask: one limit over all workers of the service."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

SLOTS = 65_536
"""How many keys can be told apart: the first four hexadecimal digits of their ids."""

BURST_S = 10.0
"""So many seconds' worth of requests may come at once."""

ROUNDING_S = 1e-6
"""Moments are added up with rounding; what is over by less than this is not over."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit of one key."""

    slot: int
    """Its place in the shared memory."""
    interval_s: float
    """Seconds between two requests at the full rate."""
    burst_s: float
    """How far ahead of the full rate a key may be; at least one interval."""


def limit_of(key_id: str, per_minute: int) -> Limit:
    """The limit of a key that may make ``per_minute`` requests in a minute."""
    interval_s = 60.0 / per_minute
    return Limit(slot_of(key_id), interval_s, max(BURST_S, interval_s))


def slot_of(key_id: str) -> int:
    """The place of a key; no two keys of a shop have the same (``ApiKeys`` sees to it)."""
    return int(key_id[:4], 16)


class RateLimit:
    """The generic cell rate algorithm: of each key only the moment when its next request is due is kept.

    A request at ``now`` moves that moment ``tat`` to ``max(tat, now) + interval``, and is refused, moving nothing, when
    it would lie more than the burst ahead of now. (ITU-T Recommendation I.371, annex A: virtual scheduling algorithm,
    with the burst as interval plus tolerance.)

    The moments lie in memory shared with processes that are forked afterwards, as ``time.monotonic`` tells them, which
    all processes of a machine read alike. Nothing is locked: two workers that count for one key within the same
    microsecond may count one request of the two.
    """

    def __init__(self) -> None:
        # Anonymous and shared; pages that no key uses take no memory.
        self._due = memoryview(mmap.mmap(-1, SLOTS * 8)).cast("d")

    def wait_s(self, limit: Limit, now_s: float) -> float:
        """Count one request: 0 when it may go on, else the seconds until the next one may."""
        slot = limit.slot
        due_s = self._due[slot]
        after_s = (due_s if due_s > now_s else now_s) + limit.interval_s
        ahead_s = after_s - now_s
        if ahead_s > limit.burst_s + ROUNDING_S:
            return ahead_s - limit.burst_s
        self._due[slot] = after_s
        return 0.0
