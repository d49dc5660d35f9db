"""What is told of a list, in both languages: numbers, who was left out and why, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace

from serving.database.marketing.lists import FrozenList
from serving.lists.told_list import sentences, unknown_ids, warnings
from tests.serving.published_shop import AS_OF, NOW

COUNTS = {
    "members": 1_200,
    "control": 240,
    "excluded": {"no_consent": 30},
    "below_top": 5,
    "by_model": 1_000,
    "by_merchant": 400,
    "by_both": 200,
    "merchant": {"given": 450, "known": 410, "unknown": 40, "excluded": {"no_consent": 10}},
}
LIST = FrozenList(
    "l1", "a", 1, {}, "s", "3", AS_OF, NOW, "k1", COUNTS, {"why": {"en": "ranked by x", "zh": "按x排序"}}, "", ""
)


def test_in_english() -> None:
    """One sentence each."""
    assert sentences(LIST, "en") == [
        "1,200 people, as of 2025-03-01 00:00 UTC: 960 to write to, 240 in the control group",
        "1,000 were chosen by the model, 400 by the merchant, 200 by both; 10 of the merchant's 410 were left out",
        "30 fit and were left out: no consent to this channel",
        "5 more fit and come after the last place",
        "ranked by x",
    ]


def test_in_chinese() -> None:
    """The same."""
    assert sentences(LIST, "zh") == [
        "1,200人（数据截至2025-03-01 00:00 UTC）：触达组960人，对照组240人",
        "模型选出1,000人，商家选出400人，两者重合200人；商家名单中的410人有10人未列入",
        "30人符合条件但未列入：未同意该渠道",
        "另有5人符合条件，排在名单之后",
        "按x排序",
    ]


def test_a_control_group_that_tells_nothing() -> None:
    """None at all, and a very small one, are warned of."""
    none, few = (replace(LIST, counts=COUNTS | {"control": control}) for control in (0, 99))
    assert warnings(none, "en") == [
        "nobody is left alone, so what this list brings cannot be measured; make it with a control share"
    ]
    assert warnings(few, "en") == ["only 99 are in the control group: hardly any effect can be told from chance"]
    assert warnings(few, "zh") == ["对照组仅99人，效果难以与随机波动区分"]
    assert warnings(LIST, "en") == []
    assert sentences(replace(LIST, counts=COUNTS | {"members": 1, "control": 0}), "en")[0].startswith("1 person, as of")


def test_one_person_is_told_of_as_one() -> None:
    """Every sentence with a number agrees with it."""
    one = {"members": 1, "control": 1, "excluded": {"suppressed": 1}, "below_top": 1, "by_model": 1, "by_merchant": 1}
    merchant = {"given": 2, "known": 2, "unknown": 0, "excluded": {"suppressed": 1}}
    assert sentences(replace(LIST, counts=one | {"by_both": 1, "merchant": merchant}), "en") == [
        "1 person, as of 2025-03-01 00:00 UTC: 0 to write to, 1 in the control group",
        "1 was chosen by the model, 1 by the merchant, 1 by both; 1 of the merchant's 2 was left out",
        "1 fits and was left out: on a suppression list",
        "1 more fits and comes after the last place",
        "ranked by x",
        "only 1 is in the control group: hardly any effect can be told from chance",
    ]


def test_unknown_ids_are_told() -> None:
    """How many, and the first of them."""
    assert unknown_ids([], "en") == []
    assert unknown_ids(["x", "y"], "en") == ["2 ids of the merchant's list are not known, such as x, y"]
    assert unknown_ids(["x"], "en") == ["1 id of the merchant's list is not known, such as x"]
    assert unknown_ids(["x"], "zh") == ["商家名单中有1个编号未知，例如x"]
