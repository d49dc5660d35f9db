"""Columns as they come in -> typed columns. Work is done once for each different value, not for each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.events.event import (
    ARM_ALIASES,
    ARMS,
    ARROW_TYPES,
    KIND_ALIASES,
    KINDS,
    MAX_ID_LENGTH,
    VISITOR_PREFIX,
    Field,
    FieldType,
)
from features.events.values.birthdays import parse_birthdays
from features.events.values.money import parse_money
from features.events.values.parsed import Fault, Parsed, judged, mask_of
from features.events.values.times import TimeRules, parse_times, typed_times

MAX_TEXT_LENGTH = 1_000
"""The longest title, category, ... accepted, in characters."""
HIGHEST_QUANTITY = 10**9
"""Larger quantities are taken for mistakes."""

MISSING = Fault("missing", "must be given")
WRONG_TYPE = Fault("wrong type", "must be text or a number")
TOO_LONG_ID = Fault("too long", f"must have at most {MAX_ID_LENGTH} characters")
CONTROL = Fault("control character", "must not contain control characters")
UNREADABLE = Fault("unreadable", "must be readable text", "Name the file's encoding with --encoding.")
INEXACT = Fault("inexact", "must be exact", "Send large ids as text, not as floating-point numbers.")
RESERVED = Fault("reserved", f"must not begin with '{VISITOR_PREFIX}'", "Send the rest as visitor_id.")
UNKNOWN_KIND = Fault("unknown", f"must be one of {', '.join(KINDS)}")
UNKNOWN_ARM = Fault("unknown", f"must be one of {', '.join(ARMS)}")
TOO_LONG_TEXT = Fault("too long", f"must have at most {MAX_TEXT_LENGTH:,} characters")
NOT_WHOLE = Fault("not a whole number", "must be a whole number")
HIGH_QUANTITY = Fault("out of range", f"must be between -{HIGHEST_QUANTITY} and {HIGHEST_QUANTITY}")
ZERO = Fault("zero", "must not be zero")
NOT_A_FLAG = Fault("not a flag", "must be true or false")

FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "1", "yes", "y", "是"), True),
    **dict.fromkeys(("false", "f", "0", "no", "n", "否"), False),
}
"""How flags are written, in lower case."""

NOTHING = ("null", "nan", "none", "n/a", "na", "nat")
"""Words that say that there is no number, time or flag, in lower case. Ids and titles may be such words."""

_EXACT_FLOAT = 2.0**53
_CONTROLS = r"[\x00-\x1f\x7f]"
_KINDS = {**KIND_ALIASES, **{kind: kind for kind in KINDS}}
_ARMS = {**ARM_ALIASES, **{arm: arm for arm in ARMS}}
_WHOLE = r"^[+-]?\d{1,18}(?:\.0*)?$"
_GROUPED_WHOLE = r"^[+-]?\d{1,3}(?:,\d{3}){1,5}(?:\.0*)?$"


def parse_column(column: pa.Array, field: Field, times: TimeRules) -> Parsed:
    """The column as the field's type; shape ``(n,)``. Nothing raises: what cannot be read has a fault."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return Parsed(pa.nulls(len(column), ARROW_TYPES[field.type]), np.zeros(len(column), np.int8))
    if field.type is FieldType.TIME and (pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)):
        return typed_times(column, times)
    if not _is_simple(column.type, field.type):
        wrong = ((WRONG_TYPE, mask_of(column.is_valid())),)
        return judged(pa.nulls(len(column), ARROW_TYPES[field.type]), wrong)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    encoded = column.dictionary_encode()
    return _parse_unique(encoded.dictionary, field, times).spread(encoded.indices)


def texts_of(column: pa.Array) -> pa.Array:
    """A column of any simple type as trimmed texts, blank ones null; bytes that are no UTF-8 are U+FFFD."""
    texts = _readable(column) if _is_text(column.type) else column.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _parse_unique(uniques: pa.Array, field: Field, times: TimeRules) -> Parsed:
    texts = _float_texts(uniques) if pa.types.is_floating(uniques.type) else texts_of(uniques)
    if field.type is FieldType.TIME:
        return parse_times(_without_words_for_nothing(texts), times)
    if field.type is FieldType.ID:
        return _parse_ids(texts, _inexact(uniques), field.name == "customer_id")
    return _PARSERS[field.type](texts)


def _parse_ids(texts: pa.Array, inexact: np.ndarray, reserved_prefix: bool) -> Parsed:
    """Ids: text of 1 to 256 characters without control characters; numbers are taken as text."""
    wrong = [
        (INEXACT, inexact),
        (UNREADABLE, mask_of(pc.match_substring(texts, "\ufffd"))),
        (CONTROL, mask_of(pc.match_substring_regex(texts, _CONTROLS))),
        (TOO_LONG_ID, mask_of(pc.greater(pc.utf8_length(texts), MAX_ID_LENGTH))),
    ]
    if reserved_prefix:
        wrong.append((RESERVED, mask_of(pc.starts_with(texts, VISITOR_PREFIX))))
    return judged(texts, tuple(wrong))


def _parse_kinds(texts: pa.Array) -> Parsed:
    """Kinds of event by their own names and those of other systems, in any case."""
    return _words(texts, _KINDS, UNKNOWN_KIND)


def _parse_arms(texts: pa.Array) -> Parsed:
    """Arms of a campaign, in any case."""
    return _words(texts, _ARMS, UNKNOWN_ARM)


def _words(texts: pa.Array, meanings: Mapping[str, str], unknown: Fault) -> Parsed:
    found = [meanings.get(text.lower()) if text else None for text in texts.to_pylist()]
    values = pa.array(found, pa.string())
    return judged(values, ((unknown, mask_of(texts.is_valid()) & ~mask_of(values.is_valid())),))


def _parse_texts(texts: pa.Array) -> Parsed:
    """Text for people: control characters become blanks."""
    clean = texts_of(pc.replace_substring_regex(texts, _CONTROLS + "+", " "))
    return judged(clean, ((TOO_LONG_TEXT, mask_of(pc.greater(pc.utf8_length(clean), MAX_TEXT_LENGTH))),))


def _parse_integers(texts: pa.Array) -> Parsed:
    """Whole numbers, with or without commas between thousands, also written as 3.0."""
    texts = _without_words_for_nothing(texts)
    grouped = pc.match_substring_regex(texts, _GROUPED_WHOLE)
    plain = pc.if_else(grouped, pc.replace_substring(texts, ",", ""), texts)
    whole = pc.match_substring_regex(plain, _WHOLE)
    digits = pc.replace_substring_regex(pc.if_else(whole, plain, None), r"^\+|\.0*$", "")
    values = digits.cast(pa.int64())
    huge = mask_of(pc.match_substring_regex(plain, r"^[+-]?\d{19,}$"))
    high = huge | mask_of(pc.greater(pc.abs(values), HIGHEST_QUANTITY))
    unreadable = mask_of(texts.is_valid()) & ~mask_of(whole) & ~huge
    return judged(values, ((NOT_WHOLE, unreadable), (HIGH_QUANTITY, high), (ZERO, mask_of(pc.equal(values, 0)))))


def _parse_flags(texts: pa.Array) -> Parsed:
    """Flags in several languages' words."""
    texts = _without_words_for_nothing(texts)
    values = pa.array([FLAGS.get(text.lower()) if text else None for text in texts.to_pylist()], pa.bool_())
    return judged(values, ((NOT_A_FLAG, mask_of(texts.is_valid()) & ~mask_of(values.is_valid())),))


def _parse_prices(texts: pa.Array) -> Parsed:
    return parse_money(_without_words_for_nothing(texts))


_PARSERS: Mapping[FieldType, Callable[[pa.Array], Parsed]] = {
    FieldType.KIND: _parse_kinds,
    FieldType.ARM: _parse_arms,
    FieldType.TEXT: _parse_texts,
    FieldType.INTEGER: _parse_integers,
    FieldType.MONEY: _parse_prices,
    FieldType.FLAG: _parse_flags,
    FieldType.BIRTHDAY: lambda texts: parse_birthdays(_without_words_for_nothing(texts)),
}


def _without_words_for_nothing(texts: pa.Array) -> pa.Array:
    short = pc.less_equal(pc.utf8_length(texts), max(map(len, NOTHING)))
    words = pc.utf8_lower(pc.if_else(short, texts, ""))
    return pc.if_else(pc.is_in(words, pa.array(NOTHING)), None, texts)


def _float_texts(numbers: pa.Array) -> pa.Array:
    """Floating-point numbers as texts, whole ones without a point."""
    whole = pc.and_(pc.equal(numbers, pc.floor(numbers)), pc.less(pc.abs(numbers), _EXACT_FLOAT))
    digits = pc.if_else(whole, numbers, 0).cast(pa.int64()).cast(pa.string())
    return pc.if_else(whole, digits, numbers.cast(pa.string()))


def _inexact(uniques: pa.Array) -> np.ndarray:
    """Where a floating-point number is too large for every whole number to have its own."""
    if not pa.types.is_floating(uniques.type):
        return np.zeros(len(uniques), bool)
    return mask_of(pc.greater_equal(pc.abs(uniques), _EXACT_FLOAT))


def _is_simple(type_: pa.DataType, wanted: FieldType) -> bool:
    """Whether values of an Arrow type can be read as texts of the wanted field."""
    if pa.types.is_boolean(type_):
        return wanted is FieldType.FLAG
    numeric = pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)
    temporal = pa.types.is_temporal(type_) and not pa.types.is_interval(type_)
    return bool(numeric or temporal or _is_text(type_))


def _is_text(type_: pa.DataType) -> bool:
    binary = pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_binary_view(type_)
    string = pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_)
    return bool(binary or string or pa.types.is_fixed_size_binary(type_))


def _readable(column: pa.Array) -> pa.Array:
    """Text or bytes as valid UTF-8."""
    try:
        texts = column.cast(pa.string())
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raw = column.cast(pa.large_binary()).to_pylist()
        texts = pa.array([None if value is None else value.decode("utf-8", "replace") for value in raw], pa.string())
    return texts
