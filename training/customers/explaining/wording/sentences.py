"""Every sentence there is about a customer, by concept; of a concept the first that fits is said.

A sentence is true of the customer and points the way of the customer's reasons: a number that speaks against them is
not told, and another concept speaks instead.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from features.arrays import Ints
from training.customers.explaining.concepts import CONCEPTS
from training.customers.explaining.wording import buying, looking
from training.customers.explaining.wording.known import Known
from training.customers.explaining.wording.wording import Wording

SENTENCES: Mapping[str, tuple[Wording, ...]] = {
    "silence": buying.SILENCE,
    "rhythm": buying.RHYTHM,
    "orders": buying.ORDERS,
    "spend": buying.SPEND,
    "tenure": buying.TENURE,
    "browsing": looking.BROWSING,
    "cart": looking.CART,
    "favorites": looking.FAVORITES,
    "variety": looking.VARIETY,
    "price": looking.PRICE,
    "returns": buying.RETURNS,
    "hours": looking.HOURS,
}
"""The sentences of each concept, in the order in which they are tried."""

NUMBERED = tuple(wording for concept in CONCEPTS for wording in SENTENCES[concept])
"""All of them; a sentence's number is its position here."""

UNSAID = -1
"""The number of no sentence."""


def fitting(known: Known) -> Ints:
    """The number of the sentence that is said of each concept, ``UNSAID`` where there is none.

    Shape ``(n_concepts, n)``, in the order of ``CONCEPTS``.
    """
    found = np.full((len(CONCEPTS), len(known.kinds)), UNSAID, dtype=np.int16)
    number = len(NUMBERED)
    # From the last to the first, so that of those that fit the first stays.
    for row, concept in reversed(list(enumerate(CONCEPTS))):
        for wording in reversed(SENTENCES[concept]):
            number -= 1
            found[row][wording.applies(known)] = number
    return found


def told(known: Known, rows: Ints, numbers: Ints, language: str) -> pa.Array:
    """The sentences with these ``numbers`` about the customers at ``rows``; null where one is ``UNSAID``.

    Both have shape ``(m,)``, and so has the text.
    """
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(UNSAID, len(NUMBERED)), side="right")
    parts = [pa.nulls(int(ends[0]), pa.string())]
    for wording, start, end in zip(NUMBERED, ends, ends[1:], strict=False):
        if end > start:
            parts.append(wording.told(known, rows[order[start:end]], language))
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(parts).take(pa.array(back))
