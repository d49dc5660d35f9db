"""Options of exports: each value is checked, and what reads addresses says so."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.formats import FORMATS, format_called

COLUMNS = ("place", "customer_id", "group")


@pytest.mark.parametrize(
    ("format", "groups"),
    [("csv", "all"), ("xlsx", "all"), ("jsonl", "all"), ("google", "treatment"), ("meta", "treatment")],
)
def test_the_usual_groups(format: str, groups: str) -> None:
    """People look at everybody; a platform gets only those whom it may show something."""
    assert ExportOptions(format).checked(COLUMNS).groups == groups


def test_what_reads_addresses() -> None:
    """Columns of contact details and hashed formats do, nothing else."""
    assert not ExportOptions("csv", ("place",)).reads_addresses
    assert ExportOptions("csv", ("place", "email")).contact_columns == ("email",)
    assert ExportOptions("csv", ("phone",)).reads_addresses
    assert ExportOptions("google").reads_addresses
    assert ExportOptions("google").contact_columns == ()


def test_every_format_is_known_by_its_name() -> None:
    """A name that there is not is told with those that there are."""
    assert [name for name, each in FORMATS.items() if each.hashed] == ["google", "meta"]
    with pytest.raises(HuitouError, match=r"^format must be one of csv, xlsx, jsonl, google, meta; got 'pdf'\.$"):
        format_called("pdf")
