"""The people of a campaign, both arms, and what each of them did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Ints, joined
from features.errors import HuitouError
from features.moments import microseconds
from serving.campaigns.purchases import purchases
from serving.campaigns.starting import ARMS
from serving.database.marketing.campaigns import NOT_YET, Campaign
from serving.database.marketing.contact_log import OUTCOMES, ContactLog
from serving.database.marketing.lists import FrozenLists
from serving.database.people.deleted_since import erased_hashes
from serving.database.people.merged import Merged
from serving.database.people.person_hash import person_hash
from serving.desk.workroom import Workroom

if TYPE_CHECKING:  # What computes is loaded in the process that computes.
    from training.campaigns.outcomes import Outcomes

COLUMNS = ("customer_id", "group", "by_model", "by_merchant", "layer", "stratum", "person")
"""What is read of the members of a list."""

_DAY_US = 86_400_000_000

WRITTEN_TO = OUTCOMES[1:]
"""Outcomes that say that somebody was written to: all but ``chosen``."""


@dataclass(frozen=True)
class CampaignPeople:
    """Who is compared; arrays of shape ``(n_people,)``."""

    ids: pa.Array
    """Their ids as customers."""
    treated: Flags
    """Who was to be written to."""
    by_model: Flags
    """Whom the model chose."""
    by_merchant: Flags
    """Whom the merchant chose."""
    layer: Ints
    """The layer of each when the list was made, by its place in ``layers``."""
    layers: tuple[str, ...]
    """The names of the layers."""
    stratum: Ints
    """Within which the arms were drawn."""
    person: Ints
    """A number for each person."""
    left: tuple[int, int]
    """How many of the treated and of the control were deleted since the list was made."""


def campaign_people(room: Workroom, campaign: Campaign) -> CampaignPeople:
    """The members of a campaign's list by intention to treat, deleted people left out of both arms.

    Who was on the list as a visitor is the customer that the visitor turned out to be; where that makes somebody be on
    it twice the better place counts. Raises :class:`HuitouError` for a campaign whose list is not made yet.
    """
    from serving.lists.frozen.member_file import read_members

    if campaign.list_id == NOT_YET:
        raise HuitouError(
            f"campaign {campaign.name!r} has no list yet: it is made when the campaign starts, at "
            f"{campaign.starts_at.isoformat()}.",
            code="conflict",
            field="campaign_id",
            value=campaign.campaign_id,
        )
    frozen = FrozenLists(room.database).get(campaign.list_id)
    members = read_members(room.shop, frozen, list(COLUMNS))
    kept = _kept(members["customer_id"].to_pylist(), Merged(room.database).in_force(), {*erased_hashes(room.database)})
    members = members.take(pa.array([place for place, _ in kept], pa.int64()))
    treated = _flags(pc.equal(members["group"], "treatment"))
    layer, layers = _codes(members["layer"])
    planned = frozen.counts.get("treatment", int(treated.sum())), frozen.counts.get("control", int((~treated).sum()))
    return CampaignPeople(
        ids=pa.array([name for _, name in kept], pa.string()),
        treated=treated,
        by_model=_flags(members["by_model"]),
        by_merchant=_flags(members["by_merchant"]),
        layer=layer,
        layers=layers,
        stratum=_codes(members["stratum"])[0],
        person=joined(members["person"]).to_numpy(zero_copy_only=False).astype(np.uint64).view(np.int64),
        left=(max(planned[0] - int(treated.sum()), 0), max(planned[1] - int((~treated).sum()), 0)),
    )


@dataclass(frozen=True)
class Told:
    """What the log of contacts knows of a campaign."""

    outcomes: Mapping[str, int]
    """How many messages to the treated became what."""
    contaminated: int
    """How many of the control were written to by mistake; they stay in the control group."""
    unsubscribed: Set[str]
    """Ids of those who asked for no more."""

    @property
    def written_to(self) -> int:
        """How many of the treated are known to have been written to."""
        return sum(self.outcomes.get(name, 0) for name in WRITTEN_TO)


def told_contacts(room: Workroom, campaign_id: str) -> Told:
    """What became of the messages of a campaign."""
    log, owner = ContactLog(room.database), Merged(room.database).in_force()
    counts = log.outcomes(campaign_id)
    treated, control = (
        {name: count for (arm, name), count in counts.items() if arm == wanted} for wanted in ARMS.values()
    )
    contaminated = sum(count for name, count in control.items() if name in WRITTEN_TO and name != "unsubscribed")
    return Told(treated, contaminated, {owner.get(who, who) for who in log.unsubscribed(campaign_id)})


@dataclass(frozen=True)
class Behaved:
    """What people did in a period; both of shape ``(n_people,)`` where they are arrays."""

    outcomes: Outcomes
    """The table that effects are computed from."""
    first_order_day: Ints
    """On which day each first ordered, counted from 0 at the start; -1 for who did not."""


def behaved(
    room: Workroom,
    people: CampaignPeople,
    unsubscribed: Iterable[str],
    start: datetime,
    end: datetime,
    margin_share: float,
) -> Behaved:
    """What people did in ``[start, end)``.

    An order counts when a piece of it was kept, revenue is what was bought less what was sent back in the period, and
    margin the share of it that the shop earns.
    """
    from training.campaigns.outcomes import Outcomes
    from training.tables import standing_orders

    lines = purchases(room, start, end)
    place = pc.index_in(lines["customer_id"], value_set=people.ids)
    lines, place = lines.filter(pc.is_valid(place)), joined(place).drop_null().to_numpy()
    orders = standing_orders(lines, people.ids)
    sign = np.where(pc.equal(lines["kind"], "return").to_numpy(), -1.0, 1.0)
    paid = sign * lines["quantity"].to_numpy() * lines["price"].to_numpy()
    revenue = np.bincount(place, weights=paid, minlength=len(people.ids)).astype(np.float64)
    days = (orders.first_us - microseconds(start)) // _DAY_US
    outcomes = Outcomes(
        treated=people.treated,
        stratum=people.stratum,
        converted=orders.count > 0,
        orders=orders.count.astype(np.float64),
        revenue=revenue,
        unsubscribed=_flags(pc.is_in(people.ids, value_set=pa.array([*unsubscribed], pa.string()))),
        margin=revenue * margin_share,
    )
    return Behaved(outcomes, np.where(np.isnan(days), -1, days).astype(np.int64))


def _kept(ids: Sequence[str], owner: Mapping[str, str], erased: Set[str]) -> list[tuple[int, str]]:
    """The positions of the members who are compared, each with the id of the customer."""
    seen: set[str] = set()
    kept = []
    for place, name in enumerate(ids):
        customer = owner.get(name, name)
        if customer in seen or (erased and person_hash(customer) in erased):
            continue
        seen.add(customer)
        kept.append((place, customer))
    return kept


def _flags(column: pa.ChunkedArray | pa.Array) -> Flags:
    array = joined(column) if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _codes(column: pa.ChunkedArray) -> tuple[Ints, tuple[str, ...]]:
    """A number for each distinct text, and the texts in order; null is ``-``."""
    encoded = pc.fill_null(joined(column).cast(pa.string()), "-").dictionary_encode()
    names = encoded.dictionary.to_pylist()
    rank = np.argsort(np.argsort(np.array(names, dtype=object), kind="stable"))
    return rank[encoded.indices.to_numpy(zero_copy_only=False)], tuple(sorted(names))
