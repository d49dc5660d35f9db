"""The shop's own promotions as it writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop.promotions.own_promotions import PROMOTIONS_FILE, OwnPromotions

WHOLE = {
    "name": {"en": "Tea days", "zh": "茶日"},
    "from": "2025-03-01",
    "until": "2025-03-05",
    "kind": "sale",
    "categories": ["tea"],
    "discount": 0.25,
}


def written(**changed: Any) -> str:
    """A file with one promotion, some of it changed; None leaves a field out."""
    said = {name: value for name, value in (WHOLE | changed).items() if value is not None}
    return json.dumps({"promotions": [said]}, ensure_ascii=False)


def test_a_whole_promotion() -> None:
    """Everything that is said is taken over, the last day included."""
    (own,) = OwnPromotions.read(written()).promotions
    found = own.promotion
    assert found.as_dict() == {
        "key": "own:Tea days",
        "kind": "sale",
        "names": {"en": "Tea days", "zh": "茶日"},
        "first_day": "2025-03-01",
        "last_day": "2025-03-05",
        "categories": ["tea"],
        "discount": 0.25,
    }


def test_one_name_stands_for_both_languages() -> None:
    """A name may be one text; kind, categories and discount may be left out."""
    (own,) = OwnPromotions.read(written(name="茶日", kind=None, categories=None, discount=None)).promotions
    found = own.promotion
    assert (found.names, found.kind, found.categories, found.discount) == (
        {"en": "茶日", "zh": "茶日"},
        "sale",
        (),
        None,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "it must be a JSON object with promotions."),
        (written(name=None), "promotion 1: name must be given; got nothing."),
        (written(name=5), "promotion 1: name must be a JSON object; got 5."),
        (written(name={"en": "Tea"}), "promotion 1 ('Tea'): name.zh must be given; got nothing."),
        (
            written(**{"from": "2025-02-30"}),
            "promotion 1 ('Tea days'): from must be a date, such as 2026-03-31; got \"2025-02-30\".",
        ),
        (written(**{"from": 5}), "promotion 1 ('Tea days'): from must be a date, such as 2026-03-31; got 5."),
        (written(discount=1), "promotion 1 ('Tea days'): discount must be below 1.0; got 1."),
        (written(discount=0), "promotion 1 ('Tea days'): discount must be above 0.0; got 0."),
        (
            written(kind="party"),
            "promotion 1 ('Tea days'): kind must be one of 'sale', 'holiday' or 'season'; got \"party\".",
        ),
        (written(rebate=3), "promotion 1 ('Tea days'): rebate is not a field of this file; got 3."),
        ('{"sales": []}', "sales is not a field of this file; got []."),
    ],
    ids=[
        "list",
        "nameless",
        "number",
        "one-language",
        "no-day",
        "day-number",
        "all-off",
        "none-off",
        "kind",
        "field",
        "part",
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    """Each mistake is told with the promotion, the rule and the value, and how to look again."""
    with pytest.raises(HuitouError) as caught:
        OwnPromotions.read(text)
    assert caught.value.message == f"promotions.json: {message} Mend it, and look with: huitou promotions check"
    assert caught.value.code == "broken_promotions"


def test_days_must_be_in_order_and_not_too_many() -> None:
    """A promotion that ends before it begins, or lasts for more than a year, is refused."""
    with pytest.raises(HuitouError, match="it must not end before it begins"):
        OwnPromotions.read(written(until="2025-02-28"))
    with pytest.raises(HuitouError, match="it must last at most 366 days"):
        OwnPromotions.read(written(until="2026-03-02"))


def test_nothing_is_told_twice() -> None:
    """Two promotions of one name that begin on one day are a mistake; another year is not."""
    twice = {"promotions": [WHOLE, WHOLE]}
    with pytest.raises(HuitouError, match="promotions must be told once, and 'Tea days' from 2025-03-01 is told twice"):
        OwnPromotions.read(json.dumps(twice))
    again = WHOLE | {"from": "2026-03-01", "until": "2026-03-05"}
    assert len(OwnPromotions.read(json.dumps({"promotions": [WHOLE, again]})).promotions) == 2


def test_the_file_in_the_folder(tmp_path: Path) -> None:
    """Without a file there are none; a file with a mark of its encoding is read; one that is no text is refused."""
    assert OwnPromotions.in_folder(tmp_path).promotions == []
    (tmp_path / PROMOTIONS_FILE).write_text("\ufeff" + written(), encoding="utf-8")
    assert len(OwnPromotions.in_folder(tmp_path).promotions) == 1
    (tmp_path / PROMOTIONS_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HuitouError, match="must be a file of UTF-8 text"):
        OwnPromotions.in_folder(tmp_path)
    (tmp_path / PROMOTIONS_FILE).write_bytes(b" " * 4_000_001)
    with pytest.raises(HuitouError, match="at most 4,000,000 bytes; it has more"):
        OwnPromotions.in_folder(tmp_path)


def test_text_that_is_no_json() -> None:
    """Broken and far too deep JSON is one clear error."""
    for text in ("{", "[" * 100_000):
        with pytest.raises(HuitouError, match=r"promotions\.json: it must be JSON"):
            OwnPromotions.read(text)
