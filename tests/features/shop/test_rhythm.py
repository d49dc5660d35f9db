"""The rhythm of views: machines keep a beat, never sleep or run; people do none of it, whatever clock they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from features.arrays import Floats, Ints
from features.history import History
from features.shop.rhythm import BotSettings, Rhythm
from tests.small_shop import EventRow, events, history, moment

START = moment("2025-01-01T09:00Z")
CUTOFF = moment("2025-06-01T00:00Z")
SETTINGS = BotSettings()
DAY, HOUR, MINUTE = 86_400, 3_600, 60


def views(name: str, seconds: Sequence[float] | Floats | Ints) -> list[EventRow]:
    """Views of one item so many seconds after nine o'clock on the first of January."""
    return [(name, "view", "tea", START + timedelta(seconds=float(each))) for each in seconds]


def seen(*people: list[EventRow], timezone: str = "UTC") -> History:
    return history(events(*(row for person in people for row in person)), CUTOFF, timezone=timezone)


def rhythm(*people: list[EventRow], timezone: str = "UTC") -> Rhythm:
    """The rhythm of everyone in ``people``."""
    known = seen(*people, timezone=timezone)
    return Rhythm.of(known, np.arange(len(known)), SETTINGS)


def signs(*people: list[EventRow], timezone: str = "UTC") -> list[str]:
    """Which of the signs are seen in each of ``people``, by id: beat, clock, run."""
    found = rhythm(*people, timezone=timezone)
    flags = {"beat": found.has_beat(SETTINGS), "clock": found.never_sleeps(SETTINGS), "run": found.runs(SETTINGS)}
    return [" ".join(name for name, flag in flags.items() if flag[place]) for place in range(len(found.views))]


def person(seed: int, days: int = 20, visits: int = 3, looks: int = 40, median_seconds: float = 25) -> Floats:
    """Moments of somebody who comes in the morning and in the evening and looks around in bursts."""
    rng = np.random.default_rng(seed)
    visit = np.repeat(np.arange(days), visits) * DAY + rng.uniform(0, 13 * HOUR, days * visits)
    gaps = median_seconds * np.exp(rng.normal(0, 1.1, (days * visits, looks)))
    return np.sort((visit[:, None] + gaps.cumsum(axis=1)).ravel())


def test_a_beat_is_seen() -> None:
    """One view every eleven seconds, with the jitter of a network, is a beat; the gap is told."""
    rng = np.random.default_rng(1)
    beat = np.arange(1_000) * 11 + rng.uniform(0, 1.5, 1_000)
    found = rhythm(views("bot", beat))
    assert signs(views("bot", beat)) == ["beat"]
    assert signs(views("bot", np.repeat(beat, 3))) == ["beat"], "each of its clicks is logged three times"
    assert found.gap_seconds[0] == pytest.approx(11, abs=0.5)
    assert (found.views.tolist(), found.days.tolist()) == ([1_000], [1])


def test_a_beat_with_breaks_and_other_paces_is_seen() -> None:
    """Each day may have its own pace, and a run may be broken off and taken up again."""
    paces = [day * DAY + pause + np.arange(100) * (3 + day) for day in range(5) for pause in (0, 2 * HOUR)]
    assert signs(views("bot", np.concatenate(paces))) == ["beat"]


def test_machines_that_wait_at_random_run() -> None:
    """Waiting two to five seconds at random has no beat of its own but is faster than anybody reads."""
    waits = np.random.default_rng(2).uniform(1, 5, 2_000).cumsum()
    assert signs(views("bot", waits)) == ["run"]


def test_machines_that_never_sleep_are_seen() -> None:
    """A look at any minute of every hour of three days shows a machine, slow as it is."""
    rng = np.random.default_rng(3)
    moments = np.concatenate([hour * HOUR + rng.uniform(0, HOUR, 7) for hour in range(3 * 24)])
    assert signs(views("bot", moments)) == ["clock"]


def test_one_sleepless_day_is_no_sign() -> None:
    """Somebody who was awake once for a whole day, or whose account is used at all hours on other days, may sleep."""
    rng = np.random.default_rng(4)
    once = np.concatenate([hour * HOUR + rng.uniform(0, HOUR, 7) for hour in range(-9, 15)])
    moving = np.concatenate([day * DAY + day % 24 * HOUR + rng.uniform(0, 5 * HOUR, 9) for day in range(60)])
    assert signs(views("a", np.sort(once)), views("b", np.sort(moving))) == ["", ""]


@pytest.mark.parametrize("tick", [0.001, 1, MINUTE, HOUR, DAY], ids=["ms", "second", "minute", "hour", "day"])
@pytest.mark.parametrize("median_seconds", [4, 12, 25, 120])
def test_people_show_no_sign_by_any_clock(tick: float, median_seconds: float) -> None:
    """Bursts of people are no machine's, however coarse the clock that told of them."""
    moments = np.floor(person(5, median_seconds=median_seconds) / tick) * tick
    assert signs(views("anna", moments)) == [""]


def test_days_without_hours_show_no_sign() -> None:
    """Two thousand views that are all at midnight, as where only days are known, are neither a beat nor a run."""
    midnight = np.repeat(np.arange(10), 200) * DAY - 9 * HOUR
    assert signs(views("anna", midnight)) == [""]
    found = rhythm(views("anna", midnight))
    assert np.isnan(found.gap_seconds[0])
    assert found.busiest_hour.tolist() == [1]


@pytest.mark.parametrize("tick", [0.001, 1])
def test_swiping_is_no_beat(tick: float) -> None:
    """Somebody who swipes on every second or two has gaps that a clock of seconds cannot tell apart."""
    rng = np.random.default_rng(8)
    visits = [
        day * DAY + visit * HOUR + (1.7 * np.exp(rng.normal(0, 0.4, 50))).cumsum()
        for day in range(20)
        for visit in range(6)
    ]
    assert signs(views("anna", np.floor(np.concatenate(visits) / tick) * tick)) == [""]


def test_a_fast_beat_is_seen_by_a_fine_clock() -> None:
    """Every two seconds, ninety at a time, is a beat where milliseconds are known."""
    rng = np.random.default_rng(9)
    runs = np.concatenate([day * DAY + np.arange(90) * 2 + rng.uniform(0, 0.2, 90) for day in range(5)])
    assert signs(views("bot", runs)) == ["beat"]


def test_one_page_that_logs_many_views_is_no_beat() -> None:
    """Twenty views some milliseconds apart, then a pause: the program logs them, the person reads."""
    logged = (person(6, days=20, looks=10)[:, None] + np.arange(20) * 0.005).ravel()
    assert signs(views("anna", logged)) == [""]


def test_one_click_that_is_logged_often_is_one() -> None:
    """A page that logs twenty views at a time makes nobody run."""
    pages = np.repeat(person(6, days=20), 20)
    assert signs(views("anna", pages)) == [""]


def test_days_and_hours_are_the_shops() -> None:
    """A day around the clock is one of the shop's own days."""
    rng = np.random.default_rng(7)
    # From midnight to midnight of Shanghai, which is from 16:00 to 16:00 in UTC.
    moments = np.concatenate([hour * HOUR + rng.uniform(0, HOUR, 7) for hour in range(7, 7 + 48)])
    assert signs(views("bot", moments), timezone="Asia/Shanghai") == ["clock"]
    assert signs(views("bot", moments)) == [""]


def test_each_is_told_alone() -> None:
    """In a crowd, and with other kinds of events between, everybody's rhythm is what it is alone."""
    crowd = [views(f"p{seed}", person(seed)) for seed in range(3)] + [views("q", np.arange(600) * 5)]
    carts = [("p1", "cart", "tea", START), ("q", "cart", "tea", START + timedelta(days=1))]
    known = seen(*crowd, carts)
    together = Rhythm.of(known, np.array([1, 3]), SETTINGS)
    for place, alone in enumerate((rhythm(crowd[1]), rhythm(crowd[3]))):
        for name in Rhythm.__dataclass_fields__:
            if name != "customer":
                np.testing.assert_array_equal(getattr(together, name)[place], getattr(alone, name)[0])
    assert together.customer.tolist() == [1, 3]


def test_nobody_has_no_rhythm() -> None:
    """Nobody asked for, and an empty shop, give no rows."""
    for known in (seen(views("anna", [1.0])), seen()):
        found = Rhythm.of(known, np.zeros(0, dtype=np.int64), SETTINGS)
        assert len(found.is_machine(SETTINGS)) == len(found.views) == 0


def test_a_single_view_is_no_machine() -> None:
    """One view has no gaps, which is no sign."""
    assert signs(views("anna", [0.0])) == [""]
