"""One suppression as it is told: a customer's id, an e-mail or a telephone, and a channel or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from features.channels import CHANNELS
from features.errors import HuitouError
from features.events.event import MAX_ID_LENGTH
from serving.care.rules import checked_channel
from serving.database.marketing.suppressions import ALL_CHANNELS, Suppression
from serving.database.people.address_forms import ADDRESS_RULES
from serving.database.people.contact_details import ContactDetails

LONGEST_SOURCE = 100
"""Where a suppression comes from is told in so many characters at most."""

_NO_ID = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class ToldSuppression:
    """What is to be suppressed, in plain words; it is stored as a hash where it is an address."""

    kind: str
    """``customer``, ``email`` or ``phone``."""
    value: str
    """The id or the address."""
    channel: str = ALL_CHANNELS
    """The channel, ``ALL_CHANNELS`` for every one."""
    source: str = ""
    """Where it comes from."""

    def checked(self) -> ToldSuppression:
        """The same without blanks around it; raises :class:`HuitouError`, without the address, when it is wrong."""
        value = self.value.strip()
        field = "customer_id" if self.kind == "customer" else self.kind
        if self.kind == "customer":
            if not 0 < len(value) <= MAX_ID_LENGTH or _NO_ID.search(value):
                raise HuitouError(
                    f"customer_id must have 1 to {MAX_ID_LENGTH} characters and no control characters.", field=field
                )
        else:
            pattern, rule = ADDRESS_RULES[self.kind]
            if not pattern.fullmatch(value):
                raise HuitouError(f"{field} {rule}.", field=field)
        if self.channel != ALL_CHANNELS:
            checked_channel(self.channel)
        return ToldSuppression(self.kind, value, self.channel, _source(self.source))


def stored(rows: Sequence[ToldSuppression], details: ContactDetails) -> list[Suppression]:
    """Checked rows as they are kept: addresses as hashes. Raises :class:`HuitouError` without the key of the hashes."""
    places = [place for place, row in enumerate(rows) if row.kind != "customer"]
    hashes = details.hashes([(rows[place].kind, rows[place].value) for place in places]) if places else []
    values = [row.value for row in rows]
    for place, text in zip(places, hashes, strict=True):
        values[place] = text
    return [Suppression(row.kind, value, row.channel, row.source) for row, value in zip(rows, values, strict=True)]


def _source(text: str) -> str:
    clean = text.strip()
    if len(clean) > LONGEST_SOURCE or _NO_ID.search(clean):
        raise HuitouError(
            f"source must have at most {LONGEST_SOURCE} characters and no control characters.", field="source"
        )
    return clean


ALLOWED_CHANNELS = ("all", *CHANNELS)
"""What a row or an option can say; ``all``, or nothing, is every channel."""


def channel_said(text: str | None) -> str:
    """The channel that a row or an option means; raises :class:`HuitouError` for one that there is not."""
    name = (text or "").strip().lower()
    if name in ("", "all"):
        return ALL_CHANNELS
    if name not in CHANNELS:
        raise HuitouError(
            f"channel must be one of {', '.join(ALLOWED_CHANNELS)}; got {name[:40]!r}.",
            field="channel",
            value=name[:40],
            allowed=list(ALLOWED_CHANNELS),
        )
    return name
