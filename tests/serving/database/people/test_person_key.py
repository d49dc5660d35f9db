"""The number of a person: the same everywhere, and signed 64-bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from serving.database.people.person_key import person_key


def test_the_numbers_never_change() -> None:
    """Databases hold these numbers: another hash would lose everybody."""
    assert person_key("c-1024") == -6_858_754_675_299_839_849
    assert person_key("visitor:王 🍵") == 7_214_599_117_757_080_904


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_id_has_one(customer_id: str) -> None:
    """Every id has a number that a column of 64 bits holds, always the same."""
    assert -(2**63) <= person_key(customer_id) < 2**63
    assert person_key(customer_id) == person_key(customer_id)
