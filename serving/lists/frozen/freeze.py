"""Freezing a list: from a request to a file of members that never changes, and its header in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.errors import HuitouError
from features.shop.groups.playbook import Playbook
from serving.care.care import Care, counted
from serving.care.exclusions import EXCLUSION_NAMES
from serving.care.person_numbers import shares
from serving.database.described_items import DescribedItems
from serving.database.marketing.lists import FrozenList, FrozenLists
from serving.database.people.deleted_since import erased_hashes
from serving.database.people.merged import Merged
from serving.database.people.person_hash import person_hash
from serving.desk.workroom import Workroom
from serving.lists.frozen.choosing import Choice, MerchantChoice, merchant_choice, model_choice
from serving.lists.frozen.control_groups import kept_or_drawn, start_of
from serving.lists.frozen.earlier_groups import earlier_groups
from serving.lists.frozen.member_columns import member_schema
from serving.lists.frozen.member_file import MemberWriter, member_batches, member_file, members_without
from serving.lists.frozen.member_rows import Members, Told, member_rows
from serving.lists.frozen.strata import strata_of
from serving.lists.ranking import AT_STAKE, Ranking
from serving.lists.request import ListRequest
from serving.random_id import random_id
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import key_of

TOLD_RISKS = (AT_STAKE, "churn_probability")
"""Orders in which the reasons for an order would contradict a high place."""


@dataclass(frozen=True)
class _Chosen:
    """Everybody who was looked at, in order."""

    ranking: Ranking
    exclusion: Ints
    """Why each is left out, 0 for who is not; see ``EXCLUSIONS``."""
    fits: Flags
    """Who fits the request's own part."""
    named: Flags
    """Who is on the merchant's list."""
    by_model: Flags
    """Who fits, is not left out and is within the top."""

    @property
    def by_merchant(self) -> Flags:
        """Who is on the merchant's list and is not left out."""
        return self.named & (self.exclusion == 0)

    @property
    def places(self) -> Ints:
        """Positions of the members in order of place: the model's people, then who is on the merchant's list alone."""
        on_list = np.flatnonzero(self.by_model | self.by_merchant)
        ordered: Ints = on_list[np.argsort(~self.by_model[on_list], kind="stable")]
        return ordered


@dataclass(frozen=True)
class Made:
    """A list that was just made."""

    frozen: FrozenList
    """Its header."""
    unknown: tuple[str, ...]
    """Ids of the merchant's list that nobody knows; they are told once, and not kept."""


def freeze(room: Workroom, request: ListRequest, actor: str, new_id: Callable[[], str] = random_id) -> FrozenList:
    """Make a list, and return its header; one of the same name gets a new version. Raises as :func:`make_list`."""
    return make_list(room, request, actor, new_id).frozen


def make_list(room: Workroom, request: ListRequest, actor: str, new_id: Callable[[], str] = random_id) -> Made:
    """Make a list, and tell what is to be told of making it; one of the same name gets a new version.

    Raises :class:`HuitouError`, and leaves nothing behind, when nobody fits or everybody who does is left out.
    """
    now, deleted = room.clock(), erased_hashes(room.database)
    snapshot = room.snapshot.with_items(DescribedItems(room.database).changed_after())
    lists, care = FrozenLists(room.database), Care(room.shop, room.database)
    choice = model_choice(room, snapshot, request)
    merchant = None if request.merchant is None else merchant_choice(room, snapshot, request.merchant)
    chosen = _chosen(snapshot, care, request, choice, merchant, room)
    versions = lists.versions(request.name)
    salt = versions[0].salt if versions else new_id()
    members = _members(room, snapshot, care, request, chosen, versions, salt)
    told = Told(
        reasons=request.reasons,
        only_risks=chosen.ranking.name in TOLD_RISKS,
        items=request.items,
        popular_only=lambda rows: care.popular_only(snapshot, rows, now),
        first_items=choice.first_items,
        first_reason=choice.first_reason,
        playbook=Playbook.in_folder(room.shop.path),
        plan=choice.plan,
        channel=request.channel,
    )
    list_id = new_id()
    checksum = _written(room, snapshot, list_id, members, told)
    made = FrozenList(
        list_id=list_id,
        name=request.name,
        version=(versions[0].version if versions else 0) + 1,
        request=request.told(),
        snapshot_id=snapshot.id,
        model_version=snapshot.header.model_version,
        as_of=snapshot.header.as_of,
        made_at=now,
        made_by=actor,
        counts=_counts(chosen, members, merchant),
        ranking={"name": chosen.ranking.name, "why": dict(chosen.ranking.why)},
        checksum=checksum,
        salt=salt,
    )
    try:
        lists.add(made)
    except HuitouError:
        member_file(room.shop, list_id).unlink(missing_ok=True)
        raise
    _leave_out_deleted(room, made, {*erased_hashes(room.database)} - {*deleted})
    return Made(lists.get(list_id), () if merchant is None else merchant.unknown)


def _leave_out_deleted(room: Workroom, made: FrozenList, hashes: Set[str]) -> None:
    """Take those off a list who were deleted while it was made; ``hashes`` tells who was."""
    if not hashes:
        return
    # While somebody else writes, deleting waits as well, and will find the list.
    with suppress(HuitouError), room.shop.writing(briefly=True):
        ids = (each for rows in member_batches(room.shop, made, ["customer_id"]) for each in rows[0].to_pylist())
        people = [each for each in ids if person_hash(each) in hashes]
        FrozenLists(room.database).members_went(made.list_id, *members_without(room.shop, made, people))


def _chosen(
    snapshot: Snapshot,
    care: Care,
    request: ListRequest,
    choice: Choice,
    merchant: MerchantChoice | None,
    room: Workroom,
) -> _Chosen:
    named_rows = np.zeros(0, dtype=np.int64) if merchant is None else merchant.rows
    ranking = choice.rank(np.union1d(choice.rows, named_rows).astype(np.int64))
    if not len(ranking.order):
        raise HuitouError(
            "nobody fits. Ask for less, or look at the counts with: huitou audience preview", code="nobody"
        )
    exclusion = care.exclusions(snapshot, ranking.order, request.channel, room.clock())
    fits, named = (_flags(snapshot, rows)[ranking.order] for rows in (choice.rows, named_rows))
    by_model = fits & (exclusion == 0)
    if choice.top is not None:
        by_model &= np.cumsum(by_model) <= choice.top
    found = _Chosen(ranking, exclusion, fits, named, by_model)
    if not len(found.places):
        raise HuitouError(f"nobody is left: everybody who fits was left out ({_in_words(exclusion)}).", code="nobody")
    return found


def _flags(snapshot: Snapshot, rows: Ints) -> Flags:
    flags = np.zeros(snapshot.contents.customers, dtype=bool)
    flags[rows] = True
    return flags


def _in_words(exclusion: Ints) -> str:
    return "; ".join(f"{EXCLUSION_NAMES[reason]['en']}: {count:,}" for reason, count in counted(exclusion).items())


def _members(
    room: Workroom,
    snapshot: Snapshot,
    care: Care,
    request: ListRequest,
    chosen: _Chosen,
    versions: Sequence[FrozenList],
    salt: str,
) -> Members:
    places = chosen.places
    rows = chosen.ranking.order[places]
    person = care.person_keys(snapshot, rows, room.clock())
    stratum, strata = strata_of(snapshot, rows, request.strata)
    merged = {key_of(before.encode()): key_of(now.encode()) for before, now in Merged(room.database).in_force().items()}
    earlier = earlier_groups(room.shop, versions, person, merged)
    lots: Floats = shares(person, salt)
    version = (versions[0].version if versions else 0) + 1
    return Members(
        rows=rows,
        score=chosen.ranking.score[places],
        by_model=chosen.by_model[places],
        by_merchant=chosen.by_merchant[places],
        control=kept_or_drawn(earlier, lots, stratum, request.control_share, start_of(salt, version)),
        stratum=stratum,
        strata=strata,
        person=person,
    )


def _written(room: Workroom, snapshot: Snapshot, list_id: str, members: Members, told: Told) -> str:
    schema = member_schema(snapshot.header.horizon_days)
    writer = MemberWriter(member_file(room.shop, list_id), schema, len(members.rows))
    try:
        for rows in member_rows(snapshot, members, told):
            writer.add(rows)
        return writer.finish()
    finally:
        writer.discard()


def _counts(chosen: _Chosen, members: Members, merchant: MerchantChoice | None) -> dict[str, Any]:
    fitting = int(np.count_nonzero(chosen.fits))
    excluded = counted(chosen.exclusion[chosen.fits])
    control = int(np.count_nonzero(members.control))
    counts: dict[str, Any] = {
        "fitting": fitting,
        "excluded": excluded,
        "below_top": fitting - sum(excluded.values()) - int(np.count_nonzero(chosen.by_model)),
        "members": len(members.rows),
        "treatment": len(members.rows) - control,
        "control": control,
        "by_model": int(np.count_nonzero(members.by_model)),
        "by_merchant": int(np.count_nonzero(members.by_merchant)),
        "by_both": int(np.count_nonzero(members.by_model & members.by_merchant)),
        "strata": _of_strata(members),
    }
    if merchant is not None:
        counts["merchant"] = {
            "given": merchant.given,
            "known": len(merchant.rows),
            "unknown": len(merchant.unknown),
            "excluded": counted(chosen.exclusion[chosen.named]),
        }
    return counts


def _of_strata(members: Members) -> dict[str, dict[str, int]]:
    size = len(members.strata)
    control = np.bincount(members.stratum[members.control], minlength=size)
    both = np.bincount(members.stratum, minlength=size)
    return {
        name: {"treatment": int(both[number] - control[number]), "control": int(control[number])}
        for number, name in enumerate(members.strata)
    }
