"""Amounts of money as shops write them -> exact decimals with four places."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.events.event import ARROW_TYPES, FieldType
from features.events.values.parsed import Fault, Parsed, judged, mask_of

MONEY = ARROW_TYPES[FieldType.MONEY]
HIGHEST = 10**12
"""Larger amounts are taken for mistakes."""

NOT_MONEY = Fault("not a number", "must be an amount of money", "Send it as 1234.50.")
NEGATIVE = Fault("negative", "must not be negative", "Send returns as kind return with a positive price.")
TOO_HIGH = Fault("out of range", "must be at most 1000000000000")

_FOUR_PLACES = Decimal("0.0001")
_SIGNS = r"[¥￥$€£元\s\x{00A0}\x{202F}]"
_AROUND = rf"^{_SIGNS}+|{_SIGNS}+$"
_BETWEEN = rf"^([+-]){_SIGNS}+"
_PLAIN = r"^[+-]?(?:\d{1,14}(?:\.\d{0,4})?|\.\d{1,4})$"
_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?$"
_COMMA_GROUPS = r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$"
_DOT_GROUPS = r"^[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})$"
_BLANK_GROUPS = r"^[+-]?[1-9]\d{0,2}(?:[ '’\x{00A0}\x{202F}]\d{3})+(?:[.,]\d*)?$"
_DECIMAL_COMMA = r"^[+-]?(?:\d*,(?:\d{1,2}|\d{4,})|(?:0|\d{4,}),\d{3})$"


def parse_money(texts: pa.Array) -> Parsed:
    """Trimmed texts as decimals with four places, rounded half to even.

    Blanks and signs of currencies around the number are left out. A comma is a decimal comma where it cannot
    divide thousands: 12,50 is twelve and a half, 1,234 is one thousand two hundred and thirty-four.
    """
    numbers = pc.replace_substring_regex(pc.replace_substring_regex(texts, _AROUND, ""), _BETWEEN, r"\1")
    plain = pc.match_substring_regex(numbers, _PLAIN)
    values = pc.if_else(plain, numbers, None).cast(MONEY)
    odd = np.flatnonzero(~mask_of(plain) & mask_of(texts.is_valid()))
    if len(odd):
        amounts = values.to_pylist()
        for row, text in zip(odd, _with_dots(numbers.take(pa.array(odd))).to_pylist(), strict=True):
            amounts[row] = _rounded(text)
        values = pa.array(amounts, MONEY)
    missing = ~mask_of(values.is_valid()) & mask_of(texts.is_valid())
    negative = mask_of(pc.less(values, pa.scalar(Decimal(0), MONEY)))
    high = mask_of(pc.greater(values, pa.scalar(Decimal(HIGHEST), MONEY)))
    return judged(values, ((NOT_MONEY, missing), (NEGATIVE, negative), (TOO_HIGH, high)))


def _with_dots(texts: pa.Array) -> pa.Array:
    """The numbers without signs between thousands and with a decimal dot; null where a text is no number."""
    without_commas = pc.replace_substring(texts, ",", "")
    european = pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", ".")
    without_blanks = pc.replace_substring(pc.replace_substring_regex(texts, r"[ '’\x{00A0}\x{202F}]", ""), ",", ".")
    ways = (
        (_NUMBER, texts),
        (_COMMA_GROUPS, without_commas),
        (_DOT_GROUPS, european),
        (_DECIMAL_COMMA, european),
        (_BLANK_GROUPS, without_blanks),
    )
    readings = [pc.if_else(pc.match_substring_regex(texts, pattern), reading, None) for pattern, reading in ways]
    return pc.coalesce(*readings)


def _rounded(text: str | None) -> Decimal | None:
    """The amount with four places; one just above the highest when it would not fit."""
    if text is None:
        return None
    with localcontext(prec=60):
        try:
            amount = Decimal(text).quantize(_FOUR_PLACES, ROUND_HALF_EVEN)
        except InvalidOperation:
            return Decimal(HIGHEST + 1) if not text.startswith("-") else Decimal(-1)
    return max(min(amount, Decimal(HIGHEST + 1)), Decimal(-1)) if abs(amount) > HIGHEST else amount
