"""Cases: people who did something next, and what it was, by the shop's goal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from features.behaviour import Behaviour
from features.history import History
from tests.small_shop import EventRow, events, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.cases import CASES_AT_ONCE, Case, cases, enough
from training.recommend.ranking.goals import PURCHASE, VIEW

CUTOFF = moment("2025-03-11T00:00Z")
ROWS: tuple[EventRow, ...] = (
    ("anna", "view", "cup", "2025-03-01T00:00Z"),
    ("bo", "view", "tea", "2025-03-02T00:00Z"),
    ("bo", "view", "cup", "2025-03-02T00:01Z"),
    ("cy", "purchase", "tea", "2025-03-03T00:00Z"),
    ("dee", "view", "pan", "2025-03-03T00:00Z"),
)


def later(days: float) -> datetime:
    return CUTOFF + timedelta(days=days)


def all_cases(path: Path, *rows: EventRow, goal: str = PURCHASE, buckets: int = 1) -> list[Case]:
    """The cases of two days after the cutoff."""
    behaviour = Behaviour.of(stored(path, events(*ROWS, *rows), buckets=buckets))
    return list(cases(behaviour, CUTOFF, 2.0, behaviour.catalogue(CUTOFF), goal))


def told(case: Case) -> dict[str, list[str]]:
    """The answers of each person by name."""
    items = case.history.catalogue.ids.to_pylist()
    held = case.answers.hold(np.arange(len(case.history))[:, None], np.arange(len(items))[None, :])
    return {
        name: [item for item, wanted in zip(items, row, strict=True) if wanted]
        for name, row in zip(case.history.customer_ids.to_pylist(), held, strict=True)
    }


def seen(history: History, place: int) -> list[str]:
    """What one person of a history did, oldest first."""
    mine = history.item[history.boundaries[place] : history.boundaries[place + 1]]
    return [history.catalogue.ids[code].as_py() for code in mine]


def test_only_those_with_an_answer(tmp_path: Path) -> None:
    """Who bought nothing within the horizon is no case, and the others keep their histories and their answers."""
    (case,) = all_cases(
        tmp_path,
        ("bo", "purchase", "pan", later(1)),
        ("bo", "purchase", "tea", later(1)),
        ("dee", "purchase", "cup", later(1.9)),
        ("anna", "view", "tea", later(1)),
        ("cy", "purchase", "tea", later(2)),
        ("new", "purchase", "tea", later(1)),
    )
    assert told(case) == {"bo": ["pan", "tea"], "dee": ["cup"]}
    assert (case.answers.bought > 0).all()
    assert [seen(case.history, place) for place in range(2)] == [["tea", "cup"], ["pan"]]


def test_one_case_for_each_bucket(planted: PlantedShop) -> None:
    """Each bucket is a case, and together they are all customers who have an answer."""
    catalogue = planted.behaviour.catalogue(planted.cutoff)
    found = list(cases(planted.behaviour, planted.cutoff, 10, catalogue))
    for bucket, case in zip(planted.behaviour.buckets, found, strict=True):
        history = planted.behaviour.history(bucket, planted.cutoff, catalogue)
        bought = Answers.of(planted.behaviour, bucket, history, 10).bought
        names = [history.customer_ids[place].as_py() for place in np.flatnonzero(bought)]
        assert case.history.customer_ids.to_pylist() == names
        np.testing.assert_array_equal(case.answers.bought, bought[bought > 0])


def test_nobody_bought(tmp_path: Path) -> None:
    """Where nobody bought anything there are cases without people, and one part of each."""
    found = all_cases(tmp_path, ("anna", "view", "tea", later(1)), buckets=3)
    assert [len(case.history) for case in found] == [0, 0, 0]
    (part,) = found[0].parts()
    assert len(part.history) == len(part.answers.bought) == 0


def test_parts_are_a_thousand_people(tmp_path: Path) -> None:
    """A large case comes in parts, whose people and answers are those of the whole in their order."""
    people = CASES_AT_ONCE + 7
    rows = [(f"p{number:04}", "view", f"i{number % 13}", later(-1)) for number in range(people)]
    bought = [(f"p{number:04}", "purchase", f"i{number % 7}", later(1)) for number in range(people)]
    behaviour = Behaviour.of(stored(tmp_path, events(*rows, *bought), buckets=1))
    (case,) = cases(behaviour, CUTOFF, 2.0, behaviour.catalogue(CUTOFF))
    parts = list(case.parts())
    assert [len(part.history) for part in parts] == [CASES_AT_ONCE, 7]
    assert told(parts[0]) | told(parts[1]) == told(case)
    assert told(parts[1])[f"p{CASES_AT_ONCE:04}"] == [f"i{CASES_AT_ONCE % 7}"]
    assert [seen(parts[1].history, place) for place in (0, 6)] == [
        [f"i{number % 13}"] for number in (CASES_AT_ONCE, people - 1)
    ]


def test_next_views_are_beginnings_of_visits(tmp_path: Path) -> None:
    """By view, each beginning of a visit after the cutoff is somebody with one answer: the item that came next."""
    (case,) = all_cases(
        tmp_path,
        ("anna", "view", "tea", later(1)),
        ("anna", "view", "pan", later(1.001)),
        ("anna", "view", "cup", later(1.002)),
        ("dee", "view", "tea", later(0.5)),
        ("zoe", "view", "pan", later(1)),
        ("zoe", "cart", "tea", later(1.001)),
        ("cy", "view", "tea", later(3)),
        ("cy", "view", "cup", later(3.001)),
        goal=VIEW,
    )
    assert (case.answers.bought == 1).all()
    beginnings = [
        (name.split("#")[0], seen(case.history, place), answer)
        for place, (name, answer) in enumerate(told(case).items())
    ]
    assert beginnings == [
        ("anna", ["cup", "tea"], ["pan"]),
        ("anna", ["cup", "tea", "pan"], ["cup"]),
        ("zoe", ["pan"], ["tea"]),
    ]
    assert (case.history.age_days > 0).all()


def test_a_visit_that_began_before(tmp_path: Path) -> None:
    """A visit that began before the cutoff was counted by the sources and is no case."""
    (case,) = all_cases(
        tmp_path,
        ("anna", "view", "tea", later(-0.001)),
        ("anna", "view", "pan", later(0.001)),
        goal=VIEW,
    )
    assert len(case.history) == 0


def test_no_more_than_enough(tmp_path: Path) -> None:
    """Cases come in parts until there are enough people, and no further one is made."""
    asked: list[int] = []

    def each(found: list[Case]) -> Iterator[Case]:
        for number, case in enumerate(found):
            asked.append(number)
            yield case

    rows = [(f"c{number}", "purchase", "tea", later(1)) for number in range(6)]
    known = [(f"c{number}", "view", "tea", later(-1)) for number in range(6)]
    found = all_cases(tmp_path, *rows, *known, buckets=4)
    people = [len(case.history) for case in found]
    assert sum(people) == 6
    taken = list(enough(each(found), 1))
    assert sum(len(case.history) for case in taken) >= 1
    assert len(asked) < len(found) == 4
    assert sum(len(case.history) for case in enough(found, 100)) == 6
