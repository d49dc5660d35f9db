"""The groups that people have from earlier versions of a list: nobody changes sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.arrays import Ints
from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenList
from serving.lists.frozen.control_groups import CONTROL
from serving.lists.frozen.member_file import member_batches

Keys = NDArray[np.uint64]

NEW = -1
"""The group of who was in no earlier version."""


def earlier_groups(
    shop: ShopFolder, versions: Iterable[FrozenList], people: Keys, merged: Mapping[int, int] | None = None
) -> Ints:
    """1 for who was in the control group of an earlier version, 0 for treatment, ``NEW`` for others; shape ``(n,)``.

    ``people`` are the numbers of persons, in any order; the newest version counts, of a person who was two then, the
    first. ``merged`` leads from the number of who was a visitor then to that of the customer.
    """
    distinct, place = np.unique(people, return_inverse=True)
    found = np.full(len(distinct), NEW, dtype=np.int64)
    for version in versions:
        new = np.flatnonzero(found == NEW)
        if not len(new):
            break
        keys, control = _of_version(shop, version)
        for earlier in (keys, _renamed(keys, merged or {})):
            _take(found, new, distinct[new], earlier, control)
    return found[place]


def _take(found: Ints, new: Ints, wanted: Keys, earlier: Keys, control: Ints) -> None:
    """Note the groups of those of ``wanted`` (rising, at ``new`` in ``found``) who are in ``earlier``."""
    if not len(earlier):
        return
    at = np.minimum(np.searchsorted(wanted, earlier), len(wanted) - 1)
    known = wanted[at] == earlier
    at, group = new[at[known]], control[known]
    fresh = found[at] == NEW
    # From behind, so that of several the first counts.
    found[at[fresh][::-1]] = group[fresh][::-1]


def _of_version(shop: ShopFolder, version: FrozenList) -> tuple[Keys, Ints]:
    """The numbers of one version's people, and whether each was left alone."""
    keys, control = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    for rows in member_batches(shop, version, ["person", "group"]):
        keys.append(rows["person"].to_numpy())
        control.append(pc.equal(rows["group"], CONTROL).to_numpy().astype(np.int64))
    return np.concatenate(keys), np.concatenate(control)


def _renamed(keys: Keys, merged: Mapping[int, int]) -> Keys:
    """The numbers that some persons have now, who had others then; nothing where nobody was merged."""
    if not merged:
        return keys[:0]
    before = np.array(sorted(merged), dtype=np.uint64)
    now = np.array([merged[int(key)] for key in before], dtype=np.uint64)
    place = np.minimum(np.searchsorted(before, keys), len(before) - 1)
    return np.where(before[place] == keys, now[place], keys)
