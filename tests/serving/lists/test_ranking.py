"""The order of a list: expected incremental profit where it is known, else what is at stake, and always why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.lists.ranking import AT_STAKE, AUTO, RANKINGS, Ranking, rank
from serving.snapshot import Snapshot
from tests.serving.published_shop import HEADER, Person, small_shop, write_snapshot

PEOPLE = (
    Person("sure", churn=0.1, spend=100.0, profit=2.0),
    Person("lost cause", churn=0.9, spend=900.0, profit=-1.0),
    Person("worth it", churn=0.6, spend=50.0, profit=8.0),
    Person("nobody knows", churn=0.5, spend=500.0),
    Person("visitor:v", layer="visitor", churn=None, spend=0.0),
)
WITH_UPLIFT = replace(HEADER, uplift_version="3 (s_trees)", uplift_why={"en": "it passed", "zh": "通过"})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot without an uplift model."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("plain")))


@pytest.fixture(scope="module")
def uplifted(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot with one."""
    return published(tmp_path_factory.mktemp("uplifted"))


def published(folder: Path) -> Snapshot:
    """The people above, as an uplift model scored them."""
    shop = ShopFolder.create(folder)
    write_snapshot(shop, PEOPLE, header=WITH_UPLIFT)
    return Snapshot.open_current(shop)


def ranked(snapshot: Snapshot, rank_by: str = AUTO, **more: str) -> tuple[list[str], Ranking]:
    """The people in order, and the ranking."""
    found = rank(snapshot, np.arange(snapshot.contents.customers), rank_by, **more)
    return [snapshot.customers.id(int(row)) for row in found.order], found


def test_without_a_model_by_what_is_at_stake(plain: Snapshot) -> None:
    """Chance of leaving times spend, visitors last, and the list says that there is no model, and why."""
    names, found = ranked(plain)
    assert names == ["noletter", "anna", "quiet", "b/o b", "王小明", "visitor:v 1"]
    assert found.name == AT_STAKE
    assert found.score[:2].tolist() == pytest.approx([0.95 * 800, 0.8 * 500])
    assert np.isnan(found.score[-1])
    assert found.why["en"] == (
        "ranked by what is at stake (chance of leaving x net spend so far), because there is no uplift model yet: "
        "it was published before there were uplift models"
    )
    assert found.why["zh"].startswith("按流失风险×累计净消费排序，因为尚无增益模型：")


def test_with_a_model_by_profit(uplifted: Snapshot) -> None:
    """What a message earns beyond its cost decides; of whom nobody knows it comes last, the likelier to order first."""
    names, found = ranked(uplifted)
    assert names == ["worth it", "sure", "lost cause", "nobody knows", "visitor:v"]
    assert found.name == "expected_incremental_profit"
    assert found.score[:3].tolist() == [8.0, 2.0, -1.0]
    assert found.why["en"] == (
        "ranked by expected incremental profit: uplift model 3 (s_trees) tells what a message changes; it is expected "
        "to earn more than it costs with 2 of 5 people"
    )


def test_a_template_may_prefer_another_way(plain: Snapshot, uplifted: Snapshot) -> None:
    """Where no profit is known what the template prefers is taken, and nothing else is."""
    assert ranked(plain, prefers="order_probability")[1].name == "order_probability"
    assert ranked(plain, prefers="expected_incremental_profit")[1].name == AT_STAKE
    assert ranked(uplifted, prefers="order_probability")[1].name == "expected_incremental_profit"


def test_people_whom_the_model_does_not_know(uplifted: Snapshot) -> None:
    """A list of people of whom no profit is known is ranked by what is preferred, and says so."""
    unknown = np.array([row for row in range(5) if uplifted.customers.id(row) in ("nobody knows", "visitor:v")])
    found = rank(uplifted, unknown)
    assert found.name == AT_STAKE
    assert found.why["en"].endswith(
        "because uplift model 3 (s_trees) has not seen what a message does to people like these"
    )
    assert "未见过" in found.why["zh"]


def test_what_is_asked_for_is_done(uplifted: Snapshot) -> None:
    """Every way works by its name, gives everybody a place, and the list says that it was asked for."""
    for name in RANKINGS[1:]:
        names, found = ranked(uplifted, name)
        assert sorted(names) == sorted(person.id for person in PEOPLE)
        assert found.name == name
        assert found.why["en"].endswith(", as asked for")
        known = found.score[~np.isnan(found.score)]
        assert (np.diff(known) <= 0).all()


def test_some_rows_keep_their_numbers(uplifted: Snapshot) -> None:
    """Of a part of the people order and scores are theirs, whatever order they come in."""
    whole = rank(uplifted, np.arange(5))
    part = rank(uplifted, whole.order[[2, 0]])
    assert part.order.tolist() == whole.order[[0, 2]].tolist()
    assert part.score.tolist() == whole.score[[0, 2]].tolist()
    assert len(rank(uplifted, np.zeros(0, dtype=np.int64)).order) == 0


@pytest.mark.parametrize("name", ["uplift", "expected_incremental_profit"])
def test_profit_needs_a_model(name: str, plain: Snapshot) -> None:
    """Asked for by name where there is none, it is one clear error."""
    with pytest.raises(HuitouError) as refused:
        ranked(plain, name)
    assert refused.value.code == "no_uplift"
    assert str(refused.value) == (
        f"rank_by {name} needs an uplift model, and this snapshot has none: it was published before there were uplift "
        "models. Leave rank_by out, or use at_stake."
    )


def test_an_unknown_way_is_refused(plain: Snapshot) -> None:
    """The error names every way that there is."""
    with pytest.raises(
        HuitouError, match=r"^rank_by must be one of auto, .*overdue; got 'luck'\. Leave it out for auto"
    ):
        ranked(plain, "luck")
    with pytest.raises(HuitouError, match=r"^prefers must be one of"):
        ranked(plain, prefers="luck")
