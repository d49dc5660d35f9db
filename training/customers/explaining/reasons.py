"""Why a customer is at risk, or likely to order: the concepts that moved the margin most, in words.

A customer who probably will not order within the horizon, or is less likely to than is usual for the kind, is told the
reasons for that risk; the others why they are likely to order. A visitor is only held against other visitors, of whom
few ever order. So no reason for staying stands beside a high churn probability.

Reasons of risk are what sets a customer apart from the usual one of the kind who did order; reasons of a likely order,
what sets the customer apart from the usual one who did not. So a customer at risk has reasons even where most others
are at greater risk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from training.customers.explaining.concepts import CONCEPTS, REST
from training.customers.explaining.usual import Usual
from training.customers.explaining.wording.known import Known
from training.customers.explaining.wording.sentences import UNSAID, fitting, told
from training.tables import KINDS, kind_codes

REASONS = 3
"""At most so many for each customer."""

LEAST_LOG_ODDS = 0.01
"""A concept that moves the margin by less gives no reason."""

NONE = -1
"""The code of no concept."""

COLUMN_TYPE = pa.list_(
    pa.struct([("concept", pa.string()), ("en", pa.string()), ("zh", pa.string()), ("raises", pa.bool_())])
)
"""Arrow's type of a column of reasons."""

_PLACES = {concept: place for place, concept in enumerate(CONCEPTS)}
_SILENCE = _PLACES["silence"]


class Explained(Protocol):
    """What can say how it came to a chance."""

    @property
    def usual(self) -> Usual:
        """What is usual for people of one kind."""
        ...

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        ...

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the rest last; shape ``(n, n_concepts + 1)``."""
        ...


@dataclass(frozen=True)
class Reason:
    """One sentence about a customer."""

    concept: str
    """What it is about, one of ``CONCEPTS``."""
    en: str
    """In English."""
    zh: str
    """In Simplified Chinese."""
    raises: bool
    """True when it raises the chance of an order, False when it lowers it."""


@dataclass(frozen=True)
class Reasons:
    """The reasons of many customers, the weightiest first."""

    concepts: Ints
    """Positions in ``CONCEPTS``, ``NONE`` after the last reason; int8, shape (n, REASONS)."""
    raises: Flags
    """Whether a customer's reasons raise the chance of an order or lower it; shape (n,)."""
    english: pa.Array
    """Sentences, null where there is no reason; text of length n * REASONS, customer by customer."""
    chinese: pa.Array
    """The same in Simplified Chinese."""

    def __len__(self) -> int:
        return len(self.concepts)

    def __iter__(self) -> Iterator[list[Reason]]:
        """The reasons of one customer after the other; for many, :meth:`column` is far quicker."""
        return map(self.of, range(len(self)))

    def of(self, row: int) -> list[Reason]:
        """The reasons of one customer."""
        places = range(row * REASONS, (row + 1) * REASONS)
        names, raises = list(CONCEPTS), bool(self.raises[row])
        return [
            Reason(names[concept], self.english[place].as_py(), self.chinese[place].as_py(), raises)
            for concept, place in zip(self.concepts[row].tolist(), places, strict=True)
            if concept != NONE
        ]

    def column(self) -> pa.Array:
        """A list of structs for each customer, with the fields of :class:`Reason`: a column of ``COLUMN_TYPE``."""
        there = self.concepts.ravel() != NONE
        names = pa.DictionaryArray.from_arrays(pa.array(self.concepts.ravel()[there]), pa.array(list(CONCEPTS)))
        raises = pa.array(np.repeat(self.raises, REASONS)[there])
        fields = [names.cast(pa.string()), *(said.filter(pa.array(there)) for said in (self.english, self.chinese))]
        structs = pa.StructArray.from_arrays([*fields, raises], ["concept", "en", "zh", "raises"])
        ends = np.cumsum(np.count_nonzero(self.concepts != NONE, axis=1), dtype=np.int32)
        return pa.ListArray.from_arrays(pa.array(np.append(np.int32(0), ends)), structs)


def reasons(explained: Explained, features: CustomerFeatures, order_probability: Floats | None = None) -> Reasons:
    """At most three reasons for each customer.

    ``order_probability`` of the customers, shape ``(n,)``, may be given where it is known already.
    """
    chance = explained.order_probability(features) if order_probability is None else order_probability
    kinds, usual = kind_codes(features), explained.usual
    raises = likely(chance, kinds, usual)
    known = Known.of(features, usual, kinds, raises)
    sayable = fitting(known)
    strength = _strength(explained.concept_contributions(features)[:, :REST], known, usual)
    strength[sayable.T == UNSAID] = 0
    # Where nothing weighs, as under rules that know nothing usual, silence is the least there is to say of a risk.
    silent = (strength < LEAST_LOG_ODDS).all(axis=1) & ~raises & (kinds > 0) & (sayable[_SILENCE] != UNSAID)
    strength[silent, _SILENCE] = LEAST_LOG_ODDS
    ranking = np.argsort(-strength, axis=1, kind="stable")[:, :REASONS]
    weighty = np.take_along_axis(strength, ranking, axis=1) >= LEAST_LOG_ODDS
    concepts = np.where(weighty, ranking, NONE).astype(np.int8)
    numbers = np.where(weighty, np.take_along_axis(sayable.T, ranking, axis=1), UNSAID).ravel()
    rows = np.repeat(np.arange(len(features)), REASONS)
    return Reasons(concepts, raises, told(known, rows, numbers, "en"), told(known, rows, numbers, "zh"))


def likely(chance: Floats, kinds: Ints, usual: Usual) -> Flags:
    """Whether reasons say why an order is likely; shape ``(n,)``."""
    usual_chance = np.nan_to_num(np.array(usual.order_rates), nan=0.5)
    least = np.maximum(usual_chance, np.where(np.array(KINDS) == "visitor", 0.0, 0.5))
    found: Flags = chance >= least[kinds]
    return found


def _strength(added: Floats, known: Known, usual: Usual) -> Floats:
    """How far each concept moves the margin the way the reasons go, in log-odds; shape ``(n, n_concepts)``."""
    raises = known.raises[:, None]
    away = added - np.where(raises, usual.stayed_away[known.kinds], usual.ordered[known.kinds])
    one_order, only_bought = known.kinds == KINDS.index("one_order"), known["view_count_all"] == 0
    # What is the same fact about somebody is one reason. With one order, its age is all there is to tenure and rhythm;
    # of those who never looked at anything, orders are all that was ever seen.
    for concept, rows in (("tenure", one_order), ("rhythm", one_order), ("browsing", only_bought)):
        away[rows, _SILENCE] += away[rows, _PLACES[concept]]
        away[rows, _PLACES[concept]] = 0
    strength = np.where(raises, away, -away)
    # To have ordered once is itself what puts somebody at risk: it made the kind, and with it the rate set out from.
    strength[one_order, _PLACES["orders"]] = np.maximum(strength[one_order, _PLACES["orders"]], LEAST_LOG_ODDS)
    return strength
