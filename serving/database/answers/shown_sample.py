"""Which answers are remembered: all of them while they are few, else a sample that is known to stand for them."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from time import monotonic

_STEPS = 2**64
_WINDOW_S = 1.0


class ShownSample:
    """Decides about each answer, and for how many it stands.

    The chance of an answer follows from how many were given in this and in the second before, never from the answer
    itself: so the weights of those that are remembered add up, but for chance, to the number of all.
    """

    def __init__(
        self, share: float = 1.0, per_second: float = float("inf"), seconds: Callable[[], float] = monotonic
    ) -> None:
        """``share`` of the answers are remembered, 0 to 1, and about ``per_second`` at most of one process.

        ``seconds`` tells how much time has passed since some moment.
        """
        self._share = share
        self._per_second = per_second
        self._seconds = seconds
        self._until_s = float("-inf")
        self._given = self._before = 0

    def weight(self, recommendation_id: str) -> float:
        """For how many answers this one stands, 0 where it is not remembered; to be asked once for each answer."""
        chance = self._chance()
        if chance >= 1:
            return 1.0
        return 1 / chance if in_sample(recommendation_id, chance) else 0.0

    def _chance(self) -> float:
        now_s = self._seconds()
        if now_s >= self._until_s:
            is_next = now_s < self._until_s + _WINDOW_S
            self._before, self._given, self._until_s = self._given if is_next else 0, 0, now_s + _WINDOW_S
        self._given = given = self._given + 1
        rate = max(given, self._before)
        return self._share if rate * self._share <= self._per_second else self._per_second / rate


def in_sample(recommendation_id: str, share: float) -> bool:
    """Whether an answer is among the ``share`` that is kept: the same on every host."""
    digest = blake2b(recommendation_id.encode(), digest_size=8, person=b"huitou-shown").digest()
    return int.from_bytes(digest, "little") < share * _STEPS
