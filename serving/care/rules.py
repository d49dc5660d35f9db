"""How a shop wants its people to be written to, as written in ``contact_care.json``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from features.channels import CHANNELS
from features.edited_file import EditedFile, FileKind, Part
from features.errors import HuitouError

CARE_FILE = "contact_care.json"
"""Its name in the folder of the shop."""

LONGEST_DAYS = 400
"""Contacts are looked back on for so many days at most."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of the shop's day, such as 21:30."""


class Cap(Part):
    """So many messages within so many days, and no more."""

    most: int = Field(ge=0, le=1_000)
    """How many messages; 0 for none at all."""
    within_days: int = Field(ge=1, le=LONGEST_DAYS)
    """Counted back from the moment of asking, in whole days of 24 hours."""


Caps = Annotated[list[Cap], Field(max_length=10)]
"""All of them hold."""


class QuietHours(Part):
    """Hours of the shop's day without messages; they may go past midnight."""

    start: Annotated[ClockTime, Field(alias="from")]
    """The first minute of quiet."""
    end: Annotated[ClockTime, Field(alias="until")]
    """The first minute after it; the same as ``from`` is no quiet at all."""

    def hold(self, clock: time) -> bool:
        """Whether they hold at a time of day."""
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        return start <= clock < end if start <= end else clock >= start or clock < end


class ChannelCare(Part):
    """How one channel is used."""

    consent: Literal["opt_in", "opt_out"] = "opt_out"
    """``opt_in``: a person must have agreed; ``opt_out``: a person must not have refused."""
    needs_address: bool = True
    """Whether a person without an address of this channel is left out, where the shop keeps addresses at all."""
    caps: Caps = []
    """Messages on this channel."""
    quiet_hours: QuietHours | None = None
    """In place of those of all channels."""


_EVENING = QuietHours.model_validate({"from": "21:00", "until": "08:00"})

BUILT_IN: Mapping[str, ChannelCare] = {
    "email": ChannelCare(caps=[Cap(most=3, within_days=7)], quiet_hours=None),
    "sms": ChannelCare(caps=[Cap(most=1, within_days=7), Cap(most=3, within_days=30)]),
    "app": ChannelCare(needs_address=False, caps=[Cap(most=5, within_days=7)]),
    "wechat": ChannelCare(needs_address=False, caps=[Cap(most=4, within_days=30)]),
    "phone": ChannelCare(caps=[Cap(most=1, within_days=30)]),
    "post": ChannelCare(needs_address=False, caps=[Cap(most=1, within_days=30)]),
}
"""What holds for a channel of which the file says nothing. WeChat itself allows four group messages a month."""


class ContactCare(EditedFile):
    """The whole file; what it leaves out is as built in.

    A file that cannot be used stops every list: writing to people against the shop's rules would be worse.
    """

    kind: ClassVar[FileKind] = FileKind(
        CARE_FILE,
        holds="channels, caps and quiet hours",
        code="broken_care",
        most_bytes=1_000_000,
        check="huitou care check",
    )

    channels: dict[Literal[CHANNELS], ChannelCare] = {}  # type: ignore[valid-type]
    """Single channels; what is said of one replaces what is built in for it, whole."""
    caps: Caps = [Cap(most=6, within_days=30)]
    """Messages on all channels together."""
    least_days: float = Field(default=2.0, ge=0, le=LONGEST_DAYS, allow_inf_nan=False)
    """Days of 24 hours between two messages to one person, whatever the channel."""
    quiet_hours: QuietHours | None = _EVENING
    """When nothing goes out, in the shop's time zone; null for no such hours."""
    quiet_weekdays: Annotated[list[Literal[WEEKDAYS]], Field(max_length=6)] = []  # type: ignore[valid-type]
    """Days of the week without messages; one at least must be left."""
    quiet_dates: Annotated[list[date], Field(max_length=400)] = []
    """Days of the shop's calendar without messages."""
    one_per_person: bool = True
    """Whether of several customers with one e-mail or telephone only one is written to."""

    @model_validator(mode="after")
    def _leaves_a_weekday(self) -> Self:
        if len({*self.quiet_weekdays}) == len(WEEKDAYS):
            raise ValueError("must leave one day of the week")
        return self

    def of_channel(self, channel: str) -> ChannelCare:
        """How a channel is used; raises :class:`HuitouError` when there is no such channel."""
        checked_channel(channel)
        return self.channels.get(channel, BUILT_IN[channel])

    def quiet_hours_of(self, channel: str | None) -> QuietHours | None:
        """The quiet hours of a channel; None for no such hours."""
        own = None if channel is None else self.of_channel(channel).quiet_hours
        return own or self.quiet_hours


def checked_channel(channel: str) -> str:
    """``channel``; raises :class:`HuitouError` when there is no such one."""
    if channel not in CHANNELS:
        raise HuitouError(
            f"channel must be one of {', '.join(CHANNELS)}; got {channel!r}.",
            field="channel",
            value=channel,
            allowed=list(CHANNELS),
        )
    return channel
