"""What was said, and where: values of the right kind, or an error with a path."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.audiences.language.said import MOST_NUMBER, Said, nearest, one_of


def test_a_path_leads_to_each_part() -> None:
    """Keys are joined by dots, places stand in brackets."""
    said = Said({"a": [1, {"b": 2}]}, "filter")
    second = said.part("a").parts()[1]
    assert second.path == "filter.a[1]"
    assert second.part("b") == Said(2, "filter.a[1].b")


def test_values_of_the_right_kind() -> None:
    """Numbers, texts and flags are read as what they are."""
    assert Said(3.0, "x").whole(1, 5) == 3
    assert Said(3, "x").number() == 3.0
    assert Said(" tea ", "x").text() == "tea"
    assert Said(False, "x").flag() is False
    assert [each.value for each in Said(["a", "b"], "x").values()] == ["a", "b"]
    assert Said("a", "x").values() == [Said("a", "x")]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("number", True),
        ("number", "3"),
        ("number", float("inf")),
        ("number", MOST_NUMBER * 2),
        ("number", None),
        ("text", ""),
        ("text", 3),
        ("text", "x" * 257),
        ("flag", 1),
        ("pair", [1]),
        ("pair", {"from": 1}),
        ("parts", []),
    ],
)
def test_values_of_another_kind(read: str, value: Any) -> None:
    """Nothing is turned into something that it is not."""
    with pytest.raises(HuitouError, match="^here must be ") as caught:
        getattr(Said(value, "here"), read)()
    assert caught.value.field == "here"


def test_whole_numbers_have_limits() -> None:
    """Flags are no numbers, and neither are halves."""
    for value in (0, 6, 2.5, True, "2", None):
        with pytest.raises(HuitouError, match="^x must be a whole number from 1 to 5; got "):
            Said(value, "x").whole(1, 5)


def test_the_nearest_name() -> None:
    """Slips are recognised, whatever their case; what is far from everything is not guessed at."""
    assert nearest("LOSST", ["new", "lost"]) == "Did you mean lost?"
    assert nearest("elephant", ["new", "lost"]) is None
    assert nearest("", ["new"]) is None
    assert nearest(3, ["new"]) is None
    assert nearest("lost" * 100, ["lost"]) is None
    brands = [f"{letter}{number} and sons" for number in range(1_500) for letter in "ab"]
    assert nearest("b99 und sons", brands) == "Did you mean b99 and sons?"


def test_many_names_are_not_all_told() -> None:
    """A rule stays readable."""
    assert one_of(["a", "b"]) == "must be one of a, b"
    assert one_of([str(number) for number in range(50)]).endswith("38, 39 …")
