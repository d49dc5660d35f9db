"""The items that filters name."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.audiences.filters import parse_filter
from serving.audiences.language.said import Said
from serving.audiences.meaning.items import allowed_items, code_of
from serving.audiences.parts import Did
from tests.serving.audiences.audience_shop import AudienceShop


def allowed(made: AudienceShop, **said: Any) -> set[str] | None:
    """Ids of the items that are meant; None for all."""
    wanted = parse_filter({"did": "view", **said})
    assert isinstance(wanted, Did)
    flags = allowed_items(made.snapshot, wanted.which)
    return None if flags is None else {made.snapshot.shelf.ids.id(code) for code in flags.nonzero()[0].tolist()}


def test_every_condition_counts(made: AudienceShop) -> None:
    """Of several values one will do, of several conditions all must hold; without a price an item is in no range."""
    assert allowed(made) is None
    assert allowed(made, item=["i1", "i2"]) == {"i1", "i2"}
    assert allowed(made, category=["tea", "cups"]) == {"i0", "i1", "i4", "i5"}
    assert allowed(made, category="tea", price={"at_least": 10}) == {"i4"}
    assert allowed(made, item="i1", category="tea") == set()
    assert allowed(made, price={"at_most": 20}) == {"i1", "i2"}


def test_what_the_shop_does_not_have(made: AudienceShop) -> None:
    """Items, categories and brands must be there."""
    with pytest.raises(
        HuitouError, match='filter.category must be a category of the shop; got "Tea". Did you mean tea'
    ):
        allowed(made, category="Tea")
    with pytest.raises(HuitouError, match="filter.brand must be a brand of the shop"):
        allowed(made, brand="Acme")
    with pytest.raises(HuitouError, match="x must be an item that the snapshot knows"):
        code_of(made.snapshot, Said("i9", "x"))
