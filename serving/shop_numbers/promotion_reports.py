"""Promotions, trends and alerts as work for the desk and for the command line: plain values in, JSON out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.moments import local_date
from features.shop.numbers.period import possible_day
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import over_until
from features.shop.promotions.promotion import PROMOTION_KINDS, SALE, Promotion
from serving.desk.workroom import Workroom

Report = dict[str, Any]
"""An answer in plain types."""

MOST_CALENDAR_DAYS = 1_100
"""So many days of the calendar can be asked for."""

LOOKED_BACK_DAYS = 1_100
"""A past promotion is looked for in so many days."""


def calendar_report(room: Workroom, first: date | None, days: int, kinds: Sequence[str] = PROMOTION_KINDS) -> Report:
    """The promotions with a day in ``days`` days from ``first`` (today) on: ``calendars`` and ``promotions``."""
    if not 1 <= days <= MOST_CALENDAR_DAYS:
        raise HuitouError(
            f"days must be between 1 and {MOST_CALENDAR_DAYS:,}; got {days}. Ask for 90.", field="days", value=days
        )
    for kind in kinds:
        if kind not in PROMOTION_KINDS:
            raise HuitouError(
                f"kind must be one of {', '.join(PROMOTION_KINDS)}; got {kind!r}. Leave it out for all.",
                field="kind",
                value=kind,
                allowed=list(PROMOTION_KINDS),
            )
    calendar, today = Calendar.of(room.shop), _today(room)
    first = first or today
    found = calendar.between(first, first + timedelta(days=min(days, (date.max - first).days)), kinds)
    return {
        "calendars": list(calendar.calendars),
        "today": today.isoformat(),
        "promotions": [each.as_dict() | {"days_ahead": (each.first_day - today).days} for each in found],
    }


def effect_report(room: Workroom, name: str | None, on: date | None) -> Report:
    """What a past promotion did, see :class:`PromotionEffect`, with ``sentences`` and its days for a chart.

    ``name`` is its key or what it is called; ``on`` one of its days. Without either it is the last that is over.
    """
    from features.shop.promotions.effects.effect import promotion_effect
    from features.shop.promotions.effects.effect_sentences import effect_words

    behaviour, now = Behaviour.of(room.shop), room.clock()
    known = behaviour.reader.extent().last
    if known is None:
        raise HuitouError("effects need events; this shop has none. Import events first.", code="no_events")
    zone = room.shop.settings.timezone
    until = over_until(now, zone, local_date(known, zone) + timedelta(days=1))
    promotion = past_promotion(behaviour.calendar, until, name, on)
    found = promotion_effect(behaviour, promotion, now)
    return found.as_dict() | {"sentences": effect_words(found)}


def trends_report(room: Workroom, days: int) -> Report:
    """The trends and correlations of the newest days, with ``sentences``."""
    from features.shop.promotions.trending.shop_trends import shop_trends
    from features.shop.promotions.trending.trend_sentences import trend_words

    found = shop_trends(Behaviour.of(room.shop), room.clock(), days)
    return found.as_dict() | {"sentences": trend_words(found)}


def alerts_report(room: Workroom, days: int) -> Report:
    """What is odd about the newest days that are over, and what of their data is missing."""
    from features.shop.alerts.shop_alerts import shop_alerts

    return shop_alerts(Behaviour.of(room.shop), room.clock(), days).as_dict()


def past_promotion(calendar: Calendar, known_until: date, name: str | None, on: date | None) -> Promotion:
    """The newest promotion before ``known_until`` that is the one that is meant; raises :class:`HuitouError`."""
    until = known_until if on is None else min(possible_day("on", on) + timedelta(days=1), known_until)
    first = known_until - timedelta(days=LOOKED_BACK_DAYS) if on is None else on
    kinds = (SALE,) if name is None and on is None else PROMOTION_KINDS
    past = [each for each in calendar.between(min(first, until), until, kinds) if each.last_day < known_until]
    fitting = [each for each in past if name is None or name in (each.key, *each.names.values())]
    if fitting:
        # Of several on one day a sale comes before a holiday before a season, and the shop's own before others.
        return max(
            fitting,
            key=lambda each: (-PROMOTION_KINDS.index(each.kind), each.last_day, each.key.startswith("own:")),
        )
    known = sorted({each.names["en"] for each in past})
    raise HuitouError(
        f"there is no past promotion {'' if name is None else repr(name) + ' '}{'' if on is None else f'on {on} '}"
        f"in the shop's calendar; there are {', '.join(known) or 'none'}. Look with: huitou promotions calendar",
        code="unknown_promotion",
        field="promotion",
        value=name or (None if on is None else on.isoformat()),
        allowed=known,
        hint="huitou promotions calendar",
    )


def _today(room: Workroom) -> date:
    return local_date(room.clock(), room.shop.settings.timezone)
