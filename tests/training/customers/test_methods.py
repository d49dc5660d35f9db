"""Every method that may serve: its tier, what it is fitted on, and when it cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.errors import HuitouError
from tests.training.customers.law_tables import HORIZON_DAYS, law_tables
from training.customers.btyd.bg_nbd import MbgNbd
from training.customers.methods import (
    BUYER_KINDS,
    BUYER_METHODS,
    TIERS,
    VISITOR_KINDS,
    VISITOR_METHODS,
    Material,
    tier_of,
)
from training.customers.scorers.blend import Blend, BlendSettings
from training.customers.scorers.priors import RFT, VISITS, LawPrior, LogisticPrior
from training.customers.scorers.rules import ChurnRule, VisitorRate
from training.customers.scorers.stacked import Stacked
from training.tables import KINDS, CustomerTable, buyers, kind_codes

SETTINGS = BlendSettings()


def material_of(tables: list[CustomerTable]) -> Material:
    return Material(tables, tables[-1].features, tables[-1].horizon_days, SETTINGS)


@pytest.fixture(scope="module")
def material() -> Material:
    """Customers who order as MBG/NBD says, at three cutoffs."""
    return material_of(law_tables(MbgNbd, 3, 300))


@pytest.fixture(scope="module")
def visited(everyone_tables: list[CustomerTable]) -> Material:
    """The visitors of the planted shop."""
    return material_of([table.take(~buyers(table.features)) for table in everyone_tables])


def test_every_method_has_one_tier() -> None:
    """Nothing that may serve is without one, and no tier names what does not exist."""
    named = [method for methods in TIERS.values() for method in methods]
    assert len(named) == len(set(named))
    assert set(named) == set(BUYER_METHODS) | set(VISITOR_METHODS)
    assert [tier_of(name) for name in ("rule", "rate", "pareto_nbd", "logistic_rft", "stacked")] == [
        "rules",
        "rules",
        "priors",
        "priors",
        "model",
    ]


@pytest.mark.parametrize("methods", [BUYER_METHODS, VISITOR_METHODS])
def test_methods_stand_in_the_order_of_their_tiers(methods: dict[str, object]) -> None:
    """The first is a rule, which can always be fitted; richer ones come later."""
    places = [list(TIERS).index(tier_of(name)) for name in methods]
    assert places[0] == 0
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("method", "scorer"),
    [
        ("rule", ChurnRule),
        ("bg_nbd", LawPrior),
        ("mbg_nbd", LawPrior),
        ("pareto_nbd", LawPrior),
        ("logistic_rft", LogisticPrior),
        ("logistic_visits", LogisticPrior),
        ("blend", Blend),
        ("stacked", Stacked),
    ],
)
def test_a_method_for_buyers_answers_for_both_kinds(material: Material, method: str, scorer: type) -> None:
    """Each gives every buyer a chance, which is higher for those who will order."""
    fitted = BUYER_METHODS[method](material)
    assert set(fitted.scorers) == set(BUYER_KINDS)
    assert {type(each) for each in fitted.scorers.values()} == {scorer}
    newest = material.tables[-1]
    chance = fitted.order_probability(newest.features)
    assert np.all((chance > 0) & (chance < 1))
    assert chance[newest.ordered].mean() > chance[~newest.ordered].mean() + 0.1


def test_visitors_have_methods_of_their_own(visited: Material) -> None:
    """A rate for all, or a regression on their visits; with few of them no trees."""
    assert isinstance(VISITOR_METHODS["rate"](visited).scorers["visitor"], VisitorRate)
    logistic = VISITOR_METHODS["logistic_visits"](visited).scorers["visitor"]
    assert isinstance(logistic, LogisticPrior)
    assert logistic.columns == VISITS
    assert tuple(VISITOR_METHODS["rate"](visited).scorers) == VISITOR_KINDS
    with pytest.raises(HuitouError) as error:
        VISITOR_METHODS["blend"](visited)
    assert error.value.code == "too_few_rows"
    assert error.value.message == (
        "a trained model must have 50 rows that ordered and as many that did not; it is left out."
    )


def test_a_model_needs_rows_of_both_outcomes(material: Material) -> None:
    """However many ordered, the trained tier says what it lacks."""
    ordered = replace(material, tables=[table.take(table.ordered) for table in material.tables])
    for method in ("blend", "stacked"):
        with pytest.raises(HuitouError, match="a trained model must have 50 rows that ordered and as many that did"):
            BUYER_METHODS[method](ordered)


def test_each_kind_learns_from_its_own_rows(material: Material) -> None:
    """Where there are enough of them; the trees learn from everyone and are grown once."""
    for kind in BUYER_KINDS:
        rows = np.concatenate([kind_codes(table.features) for table in material.of_kind(kind)])
        assert set(rows) == {KINDS.index(kind)}
    blend = BUYER_METHODS["blend"](material)
    one, repeat = (blend.scorers[kind] for kind in BUYER_KINDS)
    assert isinstance(one, Blend)
    assert isinstance(repeat, Blend)
    assert one.boosted is repeat.boosted is material.trees
    assert one.linear is material.linear("one_order") is not repeat.linear
    margins = np.concatenate([one.margin(table.features) for table in material.of_kind("one_order")])
    assert one.calibration.centre == pytest.approx(margins.mean())
    once, often = (BUYER_METHODS["logistic_rft"](material).scorers[kind] for kind in BUYER_KINDS)
    assert isinstance(once, LogisticPrior)
    assert isinstance(often, LogisticPrior)
    assert once.columns == often.columns == RFT
    assert once.intercept < often.intercept


def test_too_few_of_a_kind_learn_from_everyone(material: Material) -> None:
    """With thirty one-order customers their regression is that of all buyers."""
    codes = [kind_codes(table.features) for table in material.tables]
    few = [
        table.take(np.concatenate([np.flatnonzero(code == 1)[:10], np.flatnonzero(code == 2)]))
        for table, code in zip(material.tables, codes, strict=True)
    ]
    own = replace(material, tables=few)
    assert [len(table) for table in own.of_kind("one_order")] == [len(table) for table in few]
    assert sum(map(len, own.of_kind("repeat"))) == sum(map(len, few)) - 30


def test_the_rule_has_a_level_for_each_kind(material: Material) -> None:
    """A few customers are enough for a level: the mean chance of each kind is what it was seen to do."""
    levels = set()
    for kind, scorer in BUYER_METHODS["rule"](material).scorers.items():
        assert isinstance(scorer, ChurnRule)
        levels.add(scorer.level)
        own = [table.take(kind_codes(table.features) == KINDS.index(kind)) for table in material.tables]
        seen = np.concatenate([table.ordered for table in own]).mean()
        told = np.concatenate([scorer.order_probability(table.features) for table in own]).mean()
        assert told == pytest.approx(seen, abs=0.03)
    assert len(levels) == 2


def test_a_law_is_fitted_on_who_is_known_when_it_answers(material: Material) -> None:
    """Not on the labelled rows: another shop's customers give another law."""
    other = replace(material, known=law_tables(MbgNbd, 5, 300)[-1].features)
    mine, theirs = (BUYER_METHODS["mbg_nbd"](each).scorers for each in (material, other))
    assert mine["one_order"] is mine["repeat"]
    assert mine["repeat"] == LawPrior.fit(MbgNbd, material.known, HORIZON_DAYS)
    assert theirs["repeat"] == LawPrior.fit(MbgNbd, other.known, HORIZON_DAYS) != mine["repeat"]
