"""Filters and parameters as they are written on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.terminal.whom_options import read_filter, read_parameters

LOST = '{"field": "layer", "is": "lost"}'


@pytest.mark.parametrize("mark", ["", "@"], ids=["a name", "a name after @"])
def test_a_filter_in_a_file(mark: str, tmp_path: Path) -> None:
    """A file is read as it comes from Excel's world too: with a mark of its encoding before the text."""
    file = tmp_path / "lost.json"
    file.write_text(LOST, encoding="utf-8-sig")
    assert read_filter(f"{mark}{file}") == read_filter(LOST) == {"field": "layer", "is": "lost"}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        pytest.param("{", "Expecting property name enclosed in double quotes", id="broken"),
        pytest.param("nowhere.json", "No such file or directory: nowhere.json", id="no file"),
        pytest.param("a\0b", "no file of UTF-8 text", id="no name of a file"),
    ],
)
def test_no_filter(said: str, what: str) -> None:
    """What is neither is told in one line, with an example of a filter."""
    with pytest.raises(HuitouError) as told:
        read_filter(said)
    assert told.value.message.startswith("--filter must be a JSON object, or the name of a file with one; " + what)
    assert told.value.message.endswith('Write for example --filter \'{"field": "layer", "is": "lost"}\'.')


def test_a_list_is_no_filter(tmp_path: Path) -> None:
    """A file with other JSON is refused."""
    file = tmp_path / "list.json"
    file.write_text("[1]")
    with pytest.raises(HuitouError, match="another kind of JSON"):
        read_filter(str(file))


def test_parameters() -> None:
    """Numbers are numbers, and everything else is text."""
    said = ["within_days=14", "at_least=0.5", "item=true", "category=茶", "name=a=b"]
    found = {"within_days": 14, "at_least": 0.5, "item": "true", "category": "茶", "name": "a=b"}
    assert read_parameters(said) == found
    with pytest.raises(HuitouError, match="--parameter must be written as name=value; got '=3'"):
        read_parameters(["=3"])
