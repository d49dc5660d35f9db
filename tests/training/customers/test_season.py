"""The season of last year: busy weeks are busy again, as far as one year tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from tests.small_shop import events, stored
from training.calibration import log_odds
from training.customers.fitting import fit_propensity, training_tables
from training.customers.propensity import Propensity
from training.customers.scorers.blend import Blend
from training.customers.scorers.by_kind import ByKind
from training.customers.scorers.priors import RFT, LawPrior, LogisticPrior
from training.customers.scorers.rules import VisitorRate
from training.customers.scorers.stacked import Stacked
from training.customers.season import SEASON_SHARE, Season, season
from training.tables import KINDS, CustomerTable

START = datetime(2023, 1, 2, tzinfo=UTC)
DAYS, YEAR_DAYS, HORIZON_DAYS = 700, 364, 28
BUSY = (276, 304)
"""Days of each year on which everyone orders twice as much."""
FLAT = ByKind(dict.fromkeys(KINDS, VisitorRate(0.5)))
"""A model that says the same of everyone: what it misses is the whole level."""
RATES = {"often": 1 / 15, "seldom": 1 / 60}
"""Orders a day of both sorts of customers."""


def day(number: int) -> datetime:
    return START + timedelta(days=number)


BEFORE_BUSY, AFTER_BUSY = day(YEAR_DAYS + BUSY[0]), day(YEAR_DAYS + BUSY[1])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """Three hundred customers, a third of whom order often; all do so twice as much in the busy weeks."""
    rng = np.random.default_rng(8)
    days = np.arange(DAYS)
    busy = 1.0 + ((days % YEAR_DAYS >= BUSY[0]) & (days % YEAR_DAYS < BUSY[1]))
    rows = []
    for number in range(300):
        sort = "seldom" if number % 3 else "often"
        ordered = np.flatnonzero(rng.random(DAYS) < RATES[sort] * busy) + rng.random()
        rows += [(f"{sort}-{number}", "purchase", "tea", START + timedelta(days=at)) for at in ordered.tolist()]
    return Behaviour.of(stored(tmp_path_factory.mktemp("season") / "shop", events(*rows)))


def season_at(shop: Behaviour, as_of: datetime) -> Season:
    """Last year, seen from ``as_of`` as a training sees it."""
    cutoffs = [table.cutoff for table in training_tables(shop, as_of, HORIZON_DAYS)]
    found = season(shop, as_of, HORIZON_DAYS, cutoffs)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def before_busy(shop: Behaviour) -> Season:
    """Last year, seen from the day before the busy weeks begin."""
    return season_at(shop, BEFORE_BUSY)


def test_last_year_is_looked_at_fifty_two_weeks_before(shop: Behaviour, before_busy: Season) -> None:
    """The moment to predict from and every training cutoff, on the same weekday, with the same horizon."""
    tables = training_tables(shop, BEFORE_BUSY, HORIZON_DAYS)
    year = timedelta(days=YEAR_DAYS)
    assert before_busy.ahead.cutoff == BEFORE_BUSY - year
    assert [table.cutoff for table in before_busy.before] == [table.cutoff - year for table in tables]
    assert {table.horizon_days for table in (before_busy.ahead, *before_busy.before)} == {HORIZON_DAYS}
    assert before_busy.ahead.cutoff.weekday() == BEFORE_BUSY.weekday()


def test_half_of_the_change_is_expected_again(before_busy: Season) -> None:
    """Before busy weeks the log-odds rise by half of what they rose by a year ago."""
    rates = [float(table.ordered.mean()) for table in (before_busy.ahead, *before_busy.before)]
    ahead, *before = log_odds(np.array(rates)).tolist()
    shift = before_busy.shift(FLAT, "repeat")
    assert shift == pytest.approx(SEASON_SHARE * (ahead - np.mean(before)), abs=0.02)
    # Planted: the chance of no order is squared.
    usual = np.array([1 - (1 - RATES[sort]) ** HORIZON_DAYS for sort in ("often", "seldom", "seldom")])
    wanted = log_odds((1 - (1 - usual) ** 2).mean()) - log_odds(usual.mean())
    assert shift == pytest.approx(wanted / 2, abs=0.12)


def test_after_busy_weeks_the_shift_is_down(shop: Behaviour) -> None:
    """What was quieter last year than at the cutoffs is expected to be quieter again."""
    assert season_at(shop, AFTER_BUSY).shift(FLAT, "repeat") < -0.1


def test_who_the_customers_are_is_no_season(before_busy: Season) -> None:
    """Seldom customers before and frequent ones ahead are no busier season to a model that tells them apart."""
    quiet = before_busy.before[-1]

    def mostly(sort: str) -> CustomerTable:
        ids = np.array([name.startswith(sort) for name in quiet.features.customer_ids.to_pylist()])
        rest = np.flatnonzero(~ids)
        return quiet.take(np.concatenate([np.flatnonzero(ids), rest[:: 1 if sort == "seldom" else 3]]))

    changed = Season(mostly("often"), (mostly("seldom"),))
    told = ByKind(dict.fromkeys(KINDS, LogisticPrior.fit(before_busy.before, RFT)))
    assert changed.shift(FLAT, "repeat") > 0.15
    assert changed.shift(told, "repeat") == pytest.approx(0.0, abs=0.05)


def test_too_few_customers_say_nothing(before_busy: Season) -> None:
    """Hardly anyone has ordered only once, and nobody is a visitor: their chance stays; so with nothing to compare."""
    assert before_busy.shift(FLAT, "one_order") == 0.0
    assert before_busy.shift(FLAT, "visitor") == 0.0
    assert replace(before_busy, before=()).shift(FLAT, "repeat") == 0.0
    few = before_busy.ahead.take(np.arange(60))
    assert replace(before_busy, ahead=few).shift(FLAT, "repeat") == 0.0


@pytest.mark.parametrize("age_days", [200, YEAR_DAYS, YEAR_DAYS + 89])
def test_a_young_shop_has_no_last_year(shop: Behaviour, age_days: int) -> None:
    """Its first ninety days say how it began, not how the season was."""
    said: list[str] = []
    assert season(shop, day(age_days), HORIZON_DAYS, [day(age_days - HORIZON_DAYS)], said.append) is None
    assert said == []


def test_cutoffs_in_the_beginning_of_the_shop_do_not_count(shop: Behaviour) -> None:
    """Nor where there is none left: then there is nothing to compare with."""
    as_of = day(YEAR_DAYS + 130)
    kept, early = day(YEAR_DAYS + 100), day(YEAR_DAYS + 80)
    found = season(shop, as_of, HORIZON_DAYS, [early, kept])
    assert found is not None
    assert [table.cutoff for table in found.before] == [kept - timedelta(days=YEAR_DAYS)]
    assert season(shop, as_of, HORIZON_DAYS, [early]) is None
    assert season(shop, as_of, HORIZON_DAYS, []) is None


def test_what_becomes_known_later_makes_no_shop_older(tmp_path: Path) -> None:
    """An order from before the first, told only later: until then the shop is as young as it looked."""
    known_at = day(YEAR_DAYS + 60)
    late = ("late", "purchase", "tea", START - timedelta(days=400), {"known_at": known_at})
    young = Behaviour.of(stored(tmp_path / "shop", events(("anna", "purchase", "tea", START), late)))
    as_of = known_at - timedelta(days=1)
    cutoffs = [as_of - timedelta(days=HORIZON_DAYS)]
    assert season(young, as_of, HORIZON_DAYS, cutoffs) is None
    assert season(young, known_at + timedelta(days=1), HORIZON_DAYS, cutoffs) is not None


def test_an_empty_shop_has_no_season(tmp_path: Path) -> None:
    """Nothing was ever ordered."""
    empty = Behaviour.of(stored(tmp_path / "shop", events()))
    assert season(empty, BEFORE_BUSY, HORIZON_DAYS, [BEFORE_BUSY]) is None


def test_a_training_expects_the_season(shop: Behaviour) -> None:
    """What serves regulars has last year's shift in its line, and it is said; margins are as without."""
    said: list[str] = []
    training = fit_propensity(shop, BEFORE_BUSY, HORIZON_DAYS, said=said.append)
    assert "looking at the same season a year ago" in said
    without = Propensity.fit(training.tables, known=training.known, horizon_days=HORIZON_DAYS)
    assert training.propensity.methods == without.methods
    last_year = season_at(shop, BEFORE_BUSY)
    served, plain = (each.scorers["repeat"] for each in (training.propensity, without))
    assert isinstance(served, LawPrior | LogisticPrior | Blend | Stacked)
    assert isinstance(plain, LawPrior | LogisticPrior | Blend | Stacked)
    shift = last_year.shift(ByKind(without.scorers), "repeat")
    assert shift > 0.2
    assert served.calibration == replace(plain.calibration, shift=plain.calibration.shift + shift)
    np.testing.assert_array_equal(training.propensity.margin(training.known), without.margin(training.known))
    repeat = training.known.column("purchase_day_count") > 1
    raised = training.propensity.order_probability(training.known) - without.order_probability(training.known)
    assert np.all(raised[repeat] > 0)
