"""What a definition says."""

from __future__ import annotations

from features.shop.numbers.words.definition import Unit, said


def test_a_definition_in_both_languages() -> None:
    """Unit, title and meaning come out in plain types."""
    assert said(Unit.MONEY, "Revenue", "销售额", "What was paid.", "实付金额。").as_dict() == {
        "unit": "money",
        "title": {"en": "Revenue", "zh": "销售额"},
        "meaning": {"en": "What was paid.", "zh": "实付金额。"},
    }
