"""Who is written to and who is left alone on purpose: drawn by person, in the same share of every stratum."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from features.arrays import Flags, Floats, Ints

TREATMENT, CONTROL = "treatment", "control"
"""Who is written to, and who is left alone so that the difference shows."""


def drawn(lots: Floats, strata: Ints, share: float, start: float) -> Flags:
    """Who of some people is in the control group, shape ``(n,)``.

    ``lots`` are numbers in [0, 1) that depend on the person alone, ``strata`` the number of each person's stratum. The
    lowest lots of each stratum of m people are drawn, ``share x m`` of them rounded up or down: which of both is so
    that all strata together have ``share`` of everybody, too, and that neither is favoured when ``start`` is drawn
    evenly from [0, 1): the rounding of systematic sampling.
    """
    sizes = np.bincount(strata)
    bounds = np.floor(share * np.concatenate([[0], np.cumsum(sizes)]) + start + _SLIGHTLY)
    wanted = np.diff(bounds).astype(np.int64)
    order = np.lexsort((np.arange(len(lots)), lots, strata))
    place_in_stratum = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    control = np.zeros(len(lots), dtype=bool)
    control[order] = place_in_stratum < np.repeat(wanted, sizes)
    return control


_SLIGHTLY = 1e-9
"""0.1 x 30 is a little less than 3 in floating point."""


def kept_or_drawn(earlier: Ints, lots: Floats, strata: Ints, share: float, start: float) -> Flags:
    """The same where some have a group already: ``earlier`` is 1 for control, 0 for treatment, -1 for who is new.

    Who is new is drawn among those who are new, so that the share of each stratum does not depend on who left.
    """
    control = earlier == 1
    new = np.flatnonzero(earlier < 0)
    if len(new):
        _, stratum = np.unique(strata[new], return_inverse=True)
        control[new] = drawn(lots[new], stratum, share, start)
    return control


def start_of(salt: str, version: int) -> float:
    """Where the rounding of one version of a list begins, evenly from [0, 1)."""
    digest = blake2b(f"{salt} {version}".encode(), digest_size=8, person=b"huitou start").digest()
    return (int.from_bytes(digest, "little") >> 11) / 2**53
