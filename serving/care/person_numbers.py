"""Numbers of people, by which they are drawn at random and always in the same way."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from features.arrays import Floats

Keys = NDArray[np.uint64]
"""64 random bits of each person."""


def shares(keys: Keys, salt: str) -> Floats:
    """A number in [0, 1) for each key, evenly spread and told by the salt alone; shape ``(n,)``.

    Who is below a share stays below every greater one. Two salts give numbers that have nothing to do with each
    other. The mixing is the finaliser of SplitMix64 (Steele, Lea, Flood 2014), once before and once after the salt.
    """
    first, second = np.frombuffer(blake2b(salt.encode(), digest_size=16).digest(), dtype=np.uint64)
    mixed = _mixed(_mixed(keys ^ first) + second)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(keys: Keys) -> Keys:
    with np.errstate(over="ignore"):
        keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        found: Keys = keys ^ (keys >> np.uint64(31))
    return found
