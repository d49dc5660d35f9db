"""The name of the file that a command writes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.terminal.out_file import ending_of


def test_the_ending_names_the_format() -> None:
    """Capital letters do not matter."""
    assert [ending_of(Path(name), ("csv", "xlsx")) for name in ("a/b.csv", "b.XLSX")] == ["csv", "xlsx"]


@pytest.mark.parametrize(
    ("endings", "message"),
    [
        (("csv", "xlsx"), "out must end with .csv or .xlsx; got list.txt. Write for example --out list.csv."),
        (("html",), "out must end with .html; got list.txt. Write for example --out list.html."),
        (("a", "b", "c"), "out must end with .a, .b or .c; got list.txt. Write for example --out list.a."),
    ],
    ids=["two", "one", "three"],
)
def test_another_ending_is_told(endings: tuple[str, ...], message: str) -> None:
    """With what is allowed, and a name that would do."""
    with pytest.raises(HuitouError) as refused:
        ending_of(Path("a/list.txt"), endings)
    assert str(refused.value) == message
    assert refused.value.allowed == [f".{each}" for each in endings]


def test_the_option_is_named() -> None:
    """Where it is not --out, the error says so."""
    with pytest.raises(HuitouError, match=r"^chart must end with \.svg; got c\. Write for example --chart c\.svg\.$"):
        ending_of(Path("c"), ("svg",), "chart")
