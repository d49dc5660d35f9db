"""What became of the messages of a campaign, told row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from features.errors import HuitouError
from features.events.event import ARM_ALIASES, ARMS, MAX_ID_LENGTH
from serving.database.connection import Database
from serving.database.marketing.campaigns import Campaign
from serving.database.marketing.contact_log import OUTCOMES, Contact, ContactLog, goes_on
from serving.database.people.merged import Merged

REPORTED = OUTCOMES[1:]
"""What can be told of a message: ``sent``, ``delivered``, ``opened``, ``clicked``, ``bounced``, ``unsubscribed``."""

FIELDS = ("customer_id", "outcome", "campaign_id", "arm")
"""The fields of a row; the last two may be left out, and are checked where they are not."""

NOTED, UNCHANGED, CONTAMINATED, REJECTED = "noted", "unchanged", "noted_in_control", "rejected"


@dataclass(frozen=True)
class ContactResult:
    """What became of one row."""

    status: str
    """``noted``; ``unchanged``, as it was known, or more is; ``noted_in_control``, of a person who should have been
    left alone and stays in the control group; or ``rejected``."""
    error: HuitouError | None = None
    """Why it was not taken."""


@dataclass(frozen=True)
class _Row:
    customer_id: str
    outcome: str
    arm: str | None


def note_contacts(database: Database, campaign: Campaign, rows: Sequence[Any], now: datetime) -> list[ContactResult]:
    """Note what became of messages, and tell for each row what became of it; at most some thousand rows.

    A row is an object with the fields of :data:`FIELDS`. Rows that are right are noted even if others are not; the same
    rows again change nothing. Raises :class:`HuitouError` while the campaign has not started.
    """
    _check_started(campaign)
    read = [_read(row, campaign) for row in rows]
    log = ContactLog(database)
    known = _on_list(log, campaign, {row.customer_id for row in read if isinstance(row, _Row)}, database)
    results = [
        ContactResult(REJECTED, row) if isinstance(row, HuitouError) else _judged(row, known.get(row.customer_id))
        for row in read
    ]
    reports = [
        (known[row.customer_id].customer_id, campaign.campaign_id, row.outcome)
        for row, result in zip(read, results, strict=True)
        if isinstance(row, _Row) and result.status in (NOTED, CONTAMINATED)
    ]
    log.report(reports, now)
    return results


def _check_started(campaign: Campaign) -> None:
    if campaign.started_at is None:
        raise HuitouError(
            f"campaign {campaign.name!r} has not started, so nobody was written to"
            + (f": {campaign.trouble}" if campaign.trouble else f"; it starts at {campaign.starts_at.isoformat()}."),
            code="conflict",
            field="campaign_id",
            value=campaign.campaign_id,
        )


def _read(row: Any, campaign: Campaign) -> _Row | HuitouError:
    if not isinstance(row, Mapping):
        return HuitouError("a contact must be an object with customer_id and outcome.", field="contacts")
    unknown = [str(name)[:100] for name in row if name not in FIELDS]
    if unknown:
        return HuitouError(
            f"{unknown[0]} is not a field of a contact. The fields are {', '.join(FIELDS)}.",
            field=unknown[0],
            allowed=list(FIELDS),
        )
    customer, outcome = row.get("customer_id"), row.get("outcome")
    name = customer.strip() if isinstance(customer, str) else ""
    if not 1 <= len(name) <= MAX_ID_LENGTH:
        return HuitouError(
            f"customer_id must be text of 1 to {MAX_ID_LENGTH} characters.", field="customer_id", value=None
        )
    if outcome not in REPORTED:
        return HuitouError(
            f"outcome must be one of {', '.join(REPORTED)}; got {str(outcome)[:50]!r}.",
            field="outcome",
            value=str(outcome)[:50],
            allowed=list(REPORTED),
        )
    return _checked(_Row(name, str(outcome), _arm(row.get("arm"))), row, campaign)


def _arm(said: Any) -> str | None:
    if said is None or said == "":
        return None
    word = str(said).strip().lower()
    return ARM_ALIASES.get(word, word)


def _checked(read: _Row, row: Mapping[str, Any], campaign: Campaign) -> _Row | HuitouError:
    said = row.get("campaign_id")
    if said not in (None, "", campaign.campaign_id):
        return HuitouError(
            f"campaign_id must be that of this campaign, {campaign.campaign_id}; got {str(said)[:100]!r}.",
            code="wrong_campaign",
            field="campaign_id",
            value=str(said)[:100],
        )
    if read.arm is not None and read.arm not in ARMS:
        return HuitouError(
            f"arm must be one of {', '.join(ARMS)}; got {read.arm[:50]!r}.",
            field="arm",
            value=read.arm[:50],
            allowed=list(ARMS),
        )
    return read


def _on_list(log: ContactLog, campaign: Campaign, names: Set[str], database: Database) -> dict[str, Contact]:
    """The contact of each person who is on the list, maybe as the visitor they were, or as the customer they are."""
    owner = Merged(database).in_force()
    visitors: dict[str, list[str]] = {}
    for visitor, customer in owner.items():
        visitors.setdefault(customer, []).append(visitor)
    same = {name: (name, *([owner[name]] if name in owner else []), *visitors.get(name, ())) for name in names}
    known = log.of_contacts({(each, campaign.campaign_id) for several in same.values() for each in several})
    found = {name: [known.get((each, campaign.campaign_id)) for each in several] for name, several in same.items()}
    return {name: there[0].contact for name, several in found.items() if (there := [each for each in several if each])}


def _judged(row: _Row, contact: Contact | None) -> ContactResult:
    if contact is None:
        return _rejected("this customer is not on the list of this campaign.", "unknown_customer", "customer_id")
    if row.arm is not None and row.arm != contact.arm:
        return _rejected(f"this customer is in the arm {contact.arm}, not {row.arm}.", "wrong_arm", "arm")
    if contact.arm == "control" and row.outcome != "unsubscribed":
        return ContactResult(CONTAMINATED)
    return ContactResult(NOTED if goes_on(contact.outcome, row.outcome) else UNCHANGED)


def _rejected(message: str, code: str, field: str) -> ContactResult:
    return ContactResult(REJECTED, HuitouError(message, code=code, field=field))
