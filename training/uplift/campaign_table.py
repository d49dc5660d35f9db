"""The training table of uplift: people as they were known when a campaign chose them, and what they ordered after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints
from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.events.engine import map_buckets
from features.history import History
from features.shop.anomalies import Anomalies
from training.cutoffs import shifted
from training.tables import joined, label_spend, standing_orders, taken
from training.uplift.campaign_members import CampaignMembers, Wave
from training.uplift.qini import Trial


@dataclass(frozen=True)
class CampaignTable:
    """The people of some campaigns; somebody in several campaigns has several rows."""

    features: CustomerFeatures
    """What was known of each before the campaign chose them."""
    campaign: Ints
    """Place of each row's campaign in ``campaigns``; shape (n,)."""
    campaigns: tuple[CampaignMembers, ...]
    """The campaigns, oldest first."""
    treated: Flags
    """Who was written to; shape (n,)."""
    ordered: Flags
    """Whether there was a net-positive order within the horizon; shape (n,)."""
    net_spend: Floats
    """Purchases minus returns within the horizon; shape (n,)."""
    ends: Sequence[datetime]
    """When the last label window of each campaign ended."""

    def __len__(self) -> int:
        return len(self.features)

    @property
    def propensity(self) -> Floats:
        """The share of each row's campaign that was written to; shape ``(n,)``."""
        people = np.bincount(self.campaign, minlength=len(self.campaigns))
        written = np.bincount(self.campaign, weights=self.treated, minlength=len(self.campaigns))
        return (written / np.maximum(people, 1))[self.campaign]

    @property
    def orders(self) -> Trial:
        """The trial whose outcome is an order."""
        return self._trial(self.ordered.astype(np.float64))

    @property
    def spend(self) -> Trial:
        """The trial whose outcome is net spend."""
        return self._trial(self.net_spend)

    def take(self, rows: Ints | Flags) -> CampaignTable:
        """The table of some rows, given by position or as flags."""
        return replace(
            self,
            features=taken(self.features, rows),
            campaign=self.campaign[rows],
            treated=self.treated[rows],
            ordered=self.ordered[rows],
            net_spend=self.net_spend[rows],
        )

    def of(self, place: int) -> CampaignTable:
        """The rows of one campaign."""
        return self.take(self.campaign == place)

    def before(self, place: int) -> CampaignTable:
        """The rows from which a model may learn that is tried on campaign ``place``.

        Those of older campaigns: of everybody where the label windows ended before the tried campaign began, else of
        people who are not in it.
        """
        begins = self.campaigns[place].begins
        over = np.array([end <= begins for end in self.ends])[self.campaign]
        tried = self.features.customer_ids.filter(pa.array(self.campaign == place))
        stranger = ~pc.is_in(self.features.customer_ids, value_set=tried).to_numpy(zero_copy_only=False)
        return self.take((self.campaign < place) & (over | stranger))

    def _trial(self, outcome: Floats) -> Trial:
        person = self.features.customer_ids.dictionary_encode().indices.to_numpy()
        return Trial.of(self.treated, outcome, self.propensity, person)


def campaign_table(
    behaviour: Behaviour, campaigns: Sequence[CampaignMembers], horizon_days: int, most_rows: int
) -> CampaignTable:
    """The table of some campaigns, at least one; about ``most_rows`` rows, of more people a sample by bucket.

    Who had done nothing yet, or is set aside by what was known before, is left out of both arms alike.
    """
    waves = sum(len(campaign.waves) for campaign in campaigns)
    parts, ends = [], []
    for place, campaign in enumerate(campaigns):
        for wave in campaign.waves:
            parts += [(place, part) for part in _wave_parts(behaviour, wave, horizon_days, most_rows // waves)]
        ends.append(shifted(campaign.waves[-1].cutoff, horizon_days, behaviour.settings.timezone))
    return CampaignTable(
        joined([part.features for _, part in parts]),
        np.concatenate([np.full(len(part.treated), place) for place, part in parts]),
        tuple(campaigns),
        np.concatenate([part.treated for _, part in parts]),
        np.concatenate([part.ordered for _, part in parts]),
        np.concatenate([part.net_spend for _, part in parts]),
        ends,
    )


@dataclass(frozen=True)
class _Part:
    """The people of one wave in one bucket."""

    features: CustomerFeatures
    treated: Flags
    ordered: Flags
    net_spend: Floats


def _wave_parts(behaviour: Behaviour, wave: Wave, horizon_days: int, most_rows: int) -> list[_Part]:
    """The people of one wave, of as many buckets as give so many rows; a bucket is an unbiased sample of them."""
    end = shifted(wave.cutoff, horizon_days, behaviour.settings.timezone)
    catalogue, later_catalogue = behaviour.catalogue(wave.cutoff), behaviour.catalogue(end)
    anomalies = Anomalies.before(behaviour, wave.cutoff, catalogue)

    def part(bucket: int) -> _Part:
        events = _events_of(behaviour.reader.bucket(bucket, before=wave.cutoff), wave.customer_ids)
        history = History.before(events, wave.cutoff, catalogue)
        features = taken(customer_features(history), ~anomalies.set_aside(history).flags)
        ids = features.customer_ids
        later = _events_of(behaviour.reader.bucket(bucket, since=wave.cutoff, before=end), wave.customer_ids)
        treated = wave.treated[pc.index_in(ids, value_set=wave.customer_ids).to_numpy()]
        spend = label_spend(History.before(later, end, later_catalogue), ids)
        return _Part(features, treated, standing_orders(later, ids).count > 0, spend)

    parts: list[_Part] = []
    for found in map_buckets(part, behaviour.buckets):
        parts.append(found)
        if sum(len(each.treated) for each in parts) >= most_rows:
            break
    return parts


def _events_of(events: pa.Table, customer_ids: pa.Array) -> pa.Table:
    """The events of some customers."""
    return events.filter(pc.is_in(events["customer_id"], value_set=customer_ids))
