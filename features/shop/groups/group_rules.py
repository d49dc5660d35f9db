"""The groups of one shop at one moment: every limit that depends on the other customers, and who is in which group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from features.arrays import Floats, Ints, missing
from features.catalogue import Catalogue
from features.customer_promotions import discount_order_share, promotion_order_share
from features.history import History
from features.shop.gap_curve import GapCurve, Gaps, last_day_before, order_gaps
from features.shop.groups.behaviour_groups import BEHAVIOUR_NAMES, behaviour_groups_of
from features.shop.groups.known import Known
from features.shop.groups.named_group import group_column
from features.shop.groups.own_cycle import layer_limits, shop_cycle_days
from features.shop.groups.rfm import NO_SCORE, RFM_NAMES, RfmLimits, RfmScores
from features.shop.groups.stages import STAGE_NAMES, stages_of
from features.shop.groups.value_levels import VALUE_NAMES, ValueLimits
from features.shop.layers import LayerLimits, layers_of
from features.shop_folder import ShopSettings

if TYPE_CHECKING:  # Services read the rules, and do without the engine that reads events.
    from features.behaviour import Behaviour

BUYERS_WANTED = 50_000
"""So many buyers tell where the fifths are, each to a fifth of a percentage point; further buckets are not read."""


@dataclass(frozen=True)
class Groups:
    """The groups of some customers."""

    layer: np.ndarray
    """Names from ``LAYERS``; shape (n_customers,)."""
    rfm: RfmScores
    """Scores and groups."""
    stage: Ints
    """Places in ``STAGE_NAMES``; shape (n_customers,)."""
    value_level: Ints
    """Places in ``VALUE_NAMES``, ``NOBODY`` for visitors; shape (n_customers,)."""
    behaviour_group: Ints
    """Places in ``BEHAVIOUR_NAMES``; shape (n_customers,)."""

    @property
    def columns(self) -> dict[str, pa.Array]:
        """The columns of the table of customers, by name; null where a visitor has no score or group."""
        scores = {"recency": self.rfm.recency, "frequency": self.rfm.frequency, "monetary": self.rfm.monetary}
        told = {
            f"rfm_{name}_score": pa.array(score, pa.int8(), mask=score == NO_SCORE) for name, score in scores.items()
        }
        return {
            "layer": pa.array(self.layer, pa.string()),
            **told,
            "rfm_group": group_column(RFM_NAMES, self.rfm.group),
            "stage": group_column(STAGE_NAMES, self.stage),
            "value_level": group_column(VALUE_NAMES, self.value_level),
            "behaviour_group": group_column(BEHAVIOUR_NAMES, self.behaviour_group),
        }


@dataclass(frozen=True)
class GroupRules:
    """What decides the groups of everybody; with it one customer alone falls where they fall in the crowd."""

    layers: LayerLimits
    """The day rules in force."""
    cycle_days: float
    """The shop's own cycle: half of the orders that are followed by another are by then."""
    rfm: RfmLimits
    """Between the RFM scores."""
    value: ValueLimits
    """Between the value levels."""
    buyers: int
    """How many buyers the limits were taken from."""
    buckets_read: int
    """How many buckets of customers they are in."""
    buckets: int
    """How many there are; where more were not read, the limits are those of an unbiased sample."""

    @classmethod
    def before(cls, behaviour: Behaviour, cutoff: datetime, catalogue: Catalogue) -> GroupRules:
        """The rules by what was known before ``cutoff``.

        A customer's bucket is a hash of the id, so the first buckets of a large shop are an unbiased sample of it.
        """
        last_day = last_day_before(cutoff, behaviour.settings.timezone)

        def of_bucket(_: int, history: History) -> tuple[Known, Gaps]:
            return Known.of(history).buyers, order_gaps(history, last_day)

        known: list[Known] = []
        gaps: list[Gaps] = []
        for buyers, between in behaviour.map_histories(of_bucket, cutoff, catalogue):
            known.append(buyers)
            gaps.append(between)
            if sum(map(len, known)) >= BUYERS_WANTED:
                break
        first = behaviour.reader.extent(cutoff).first
        history_days = 0 if first is None else max(0, (cutoff - first).days)
        curve, everybody = GapCurve.of(Gaps.joined(gaps)), Known.joined(known)
        return cls(
            layer_limits(curve, history_days, behaviour.settings),
            shop_cycle_days(curve, behaviour.settings),
            RfmLimits.among(everybody),
            ValueLimits.among(everybody),
            len(everybody),
            len(known),
            behaviour.reader.buckets,
        )

    @classmethod
    def of_nobody(cls, settings: ShopSettings) -> GroupRules:
        """The rules of a shop without customers: the day rules of the settings, and nothing to compare with."""
        nobody, layers = Known.joined([]), LayerLimits.fixed(settings)
        cycle_days = settings.active_within_days / 2
        return cls(layers, cycle_days, RfmLimits.among(nobody), ValueLimits.among(nobody), 0, 0, settings.buckets)

    def groups(
        self, known: Known, discount_order_share: Floats | None = None, promotion_order_share: Floats | None = None
    ) -> Groups:
        """The groups of some customers; the shares are as :func:`behaviour_groups_of` takes them, left out: unknown."""
        unknown = missing(len(known))
        discounted = unknown if discount_order_share is None else discount_order_share
        promoted = unknown if promotion_order_share is None else promotion_order_share
        return Groups(
            layers_of(known.orders, known.silent_days, self.layers),
            self.rfm.scores(known),
            stages_of(known, self.layers, self.cycle_days),
            self.value.levels(known),
            behaviour_groups_of(known, self.layers, discounted, promoted),
        )

    def of(self, history: History) -> Groups:
        """The groups of everyone in ``history``."""
        return self.groups(Known.of(history), discount_order_share(history), promotion_order_share(history))

    def as_dict(self) -> dict[str, Any]:
        """The rules as JSON holds them."""
        plain = {"cycle_days": self.cycle_days, "buyers": self.buyers}
        plain |= {"buckets_read": self.buckets_read, "buckets": self.buckets}
        return plain | {"layers": asdict(self.layers), "rfm": self.rfm.as_dict(), "value": self.value.as_dict()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> GroupRules:
        """What :meth:`as_dict` made."""
        return cls(
            LayerLimits(**said["layers"]),
            float(said["cycle_days"]),
            RfmLimits.from_dict(said["rfm"]),
            ValueLimits.from_dict(said["value"]),
            *(int(said[name]) for name in ("buyers", "buckets_read", "buckets")),
        )
