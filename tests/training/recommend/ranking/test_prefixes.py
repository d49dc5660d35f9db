"""Prefixes: every beginning of a visit, seen from just before the next item, with that item as its answer."""

from __future__ import annotations

import numpy as np
import pytest

from features.history import History
from tests.small_shop import EventRow, events, history, moment
from training.recommend.ranking import prefixes as module
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.prefixes import INSTANT_DAYS, owner, prefixes

CUTOFF = moment("2025-03-11T00:00Z")


def known(*rows: tuple[str, str, str]) -> History:
    """The history of views, told by customer, item and time."""
    told: list[EventRow] = [(who, "view", item, at) for who, item, at in rows]
    return history(events(*told), CUTOFF)


def told(begun: History, answers: Answers) -> list[tuple[str, list[str], str]]:
    """Each prefix as its name, its items and the item that came next."""
    names = begun.catalogue.ids.to_pylist()
    edges = zip(begun.boundaries[:-1], begun.boundaries[1:], strict=True)
    items = [[names[item] for item in begun.item[start:end]] for start, end in edges]
    assert answers.key.tolist() == sorted(answers.key.tolist())
    assert (answers.key // answers.size).tolist() == list(range(len(begun)))
    wanted = [names[key % answers.size] for key in answers.key]
    return list(zip(begun.customer_ids.to_pylist(), items, wanted, strict=True))


def test_every_beginning_of_a_visit() -> None:
    """A visit of three steps gives two prefixes; a visit of one step gives none; names tell whose they are."""
    past = known(
        ("anna", "cup", "2025-03-10T10:00Z"),
        ("anna", "tea", "2025-03-10T10:01Z"),
        ("anna", "pan", "2025-03-10T10:02Z"),
        ("bo", "tea", "2025-03-10T10:00Z"),
    )
    assert told(*prefixes(past, 2.0)) == [("anna#1", ["cup"], "tea"), ("anna#2", ["cup", "tea"], "pan")]


def test_ages_count_from_the_moment_of_the_prefix() -> None:
    """The newest event of a prefix is an instant old, the others as much older as they were."""
    past = known(
        ("anna", "cup", "2025-03-10T10:00Z"),
        ("anna", "tea", "2025-03-10T10:12Z"),
        ("anna", "pan", "2025-03-10T10:30Z"),
    )
    begun, _ = prefixes(past, 2.0)
    minutes = begun.age_days * 24 * 60
    instant = INSTANT_DAYS * 24 * 60
    assert minutes.tolist() == pytest.approx([instant, 12 + instant, instant])


def test_only_visits_that_began_lately() -> None:
    """A visit that began before gives no prefix, but it belongs to those of the customer's later visit."""
    past = known(
        ("anna", "cup", "2025-03-01T10:00Z"),
        ("anna", "pan", "2025-03-01T10:01Z"),
        ("anna", "tea", "2025-03-10T10:00Z"),
        ("anna", "cup", "2025-03-10T10:01Z"),
        ("bo", "cup", "2025-03-08T23:59Z"),
        ("bo", "tea", "2025-03-09T00:01Z"),
    )
    assert told(*prefixes(past, 2.0)) == [("anna#3", ["cup", "pan", "tea"], "cup")]
    assert len(prefixes(past, 100.0)[0]) == 3


def test_repeats_are_answers_and_nothing_later_is_seen() -> None:
    """Viewing the same item again is an answer; no prefix holds its answer's event or a later one."""
    past = known(*(("anna", item, f"2025-03-10T10:00:{second:02}Z") for second, item in enumerate("aab")))
    assert told(*prefixes(past, 2.0)) == [("anna#1", ["a"], "a"), ("anna#2", ["a", "a"], "b")]


def test_long_histories_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the newest events before the next item belong to a prefix."""
    monkeypatch.setattr(module, "LONGEST_PREFIX", 3)
    past = known(*(("bot", f"i{second}", f"2025-03-10T10:00:{second:02}Z") for second in range(8)))
    begun, answers = prefixes(past, 2.0)
    assert told(begun, answers)[-1] == ("bot#7", ["i4", "i5", "i6"], "i7")
    assert np.diff(begun.boundaries).tolist() == [1, 2, 3, 3, 3, 3, 3]


def test_no_more_than_wanted() -> None:
    """Of many prefixes the first are made, as they are among all."""
    past = known(*(("anna", item, f"2025-03-10T10:0{step}Z") for step, item in enumerate("abcdef")))
    everything = told(*prefixes(past, 1.0))
    assert len(everything) == 5
    assert told(*prefixes(past, 1.0, 2)) == everything[:2]
    assert told(*prefixes(past, 1.0, 9)) == everything


def test_no_visits() -> None:
    """Nobody who goes on gives nobody at all."""
    begun, answers = prefixes(known(("anna", "cup", "2025-03-10T10:00Z")), 2.0)
    assert len(begun) == 0
    assert len(answers.key) == len(answers.bought) == 0
    assert len(prefixes(known(), 2.0)[0]) == 0


def test_whose_prefix_it_is() -> None:
    """The customer behind a prefix is told by its id, whatever signs the customer's own id has."""
    past = known(*(("a#b #1", item, f"2025-03-10T10:0{step}Z") for step, item in enumerate("xyz")))
    found, _ = prefixes(past, 1.0)
    assert {owner(name) for name in found.customer_ids.to_pylist()} == {"a#b #1"}
    assert len(set(found.customer_ids.to_pylist())) == len(found) == 2


def test_no_more_than_are_wanted() -> None:
    """Of more prefixes than are wanted the first are made; each is what it is among all."""
    past = known(*(("anna", f"i{second}", f"2025-03-10T10:00:{second:02}Z") for second in range(6)))
    assert told(*prefixes(past, 2.0, 2)) == told(*prefixes(past, 2.0))[:2]
    assert len(prefixes(past, 2.0, 0)[0]) == 0
