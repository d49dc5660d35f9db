"""Ids that nobody can guess."""

from __future__ import annotations

from serving.random_id import random_id


def test_of_one_form() -> None:
    """32 hexadecimal digits, and never the same ones."""
    made = {random_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert {len(each) for each in made} == {32}
    assert set("".join(made)) == set("0123456789abcdef")
