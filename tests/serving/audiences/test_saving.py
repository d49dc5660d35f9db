"""Saving a filter under a name."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from serving.audiences.saving import checked_name, saved
from tests.serving.published_shop import NOW


def test_an_audience_to_save() -> None:
    """Name and note lose what is around them, the filter stays as it was said."""
    found = saved(" carts ", {"open": "cart"}, " for spring ", "key 1", NOW)
    assert (found.name, found.filter, found.note, found.changed_by) == (
        "carts",
        {"open": "cart"},
        "for spring",
        "key 1",
    )


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "\udc80", "fields", "templates", "preview"])
def test_names_that_cannot_be(name: str) -> None:
    """Names are short and plain, and mean nothing else in an address."""
    with pytest.raises(HuitouError, match="^name must have 1 to 100 characters, no control characters, and not be one"):
        checked_name(name)


def test_a_filter_that_cannot_be_read_is_not_saved() -> None:
    """What is wrong is said when it is saved, not when it is used."""
    with pytest.raises(HuitouError, match="^filter must have no key"):
        saved("carts", {"opn": "cart"}, "", "key 1", NOW)
