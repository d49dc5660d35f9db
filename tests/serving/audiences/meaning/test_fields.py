"""The fields that filters can ask for."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from serving.audiences.language.said import Said
from serving.audiences.meaning.field_names import FIELD_NAMES, UNITS, field_name
from serving.audiences.meaning.fields import OPERATORS_OF, FieldBook
from tests.serving.audiences.audience_shop import AudienceShop


def test_every_column_has_a_name_in_both_languages(made: AudienceShop) -> None:
    """Each column of the table of customers but the id and the reasons can be asked for, under a name of its own."""
    book = FieldBook(made.snapshot)
    columns = set(pq.read_schema(made.snapshot.customers_file).names) - {"customer_id", "reasons"}
    assert {field.column for field in book} == columns
    for field in book:
        named, _ = field_name(field.column, field.kind)
        assert named in FIELD_NAMES.values(), field.column
        assert all(field.titles[language] and "{" not in field.titles[language] for language in ("en", "zh"))
        assert field.unit in UNITS
        assert field.operators == OPERATORS_OF[field.kind]


def test_names_with_and_without_the_horizon(made: AudienceShop) -> None:
    """The main horizon may be left out; another one is said."""
    book = FieldBook(made.snapshot)
    main, other = (book.find(Said(name, "x")) for name in ("churn_probability", "churn_probability_30d"))
    assert (main.column, main.titles["en"]) == ("churn_probability_91d", "Chance of no order within 91 days")
    assert book.find(Said("churn_probability_91d", "x")) is main
    assert (other.name, other.column) == ("churn_probability_30d", "churn_probability_30d")
    assert book.find(Said("contact_count_30d", "x")).titles["zh"] == "近30天触达次数"
    with pytest.raises(HuitouError, match="Did you mean churn_probability"):
        book.find(Said("churn_probabilty", "x"))
    with pytest.raises(HuitouError, match="GET /v1/audiences/fields lists them"):
        book.find(Said("zzz", "x"))


def test_types_follow_the_table(made: AudienceShop) -> None:
    """Numbers, dates, flags and texts are told apart, and texts tell what they can be."""
    found = {field.name: field for field in FieldBook(made.snapshot)}
    kinds = {name: found[name].kind for name in ("layer", "churn_probability", "next_order_on", "consent_sms")}
    assert kinds == {"layer": "text", "churn_probability": "number", "next_order_on": "date", "consent_sms": "flag"}
    assert found["price_band"].values[:3] == ("low", "middle", "high")
    assert found["churn_probability"].limits == (0, 1)
