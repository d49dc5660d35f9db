"""A merchant's own list: ids as people save them, a rule, and one clear error for everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from serving.lists.merchant_file import merchant_arm


@pytest.mark.parametrize(
    "text",
    [
        "anna\n王小明\n0012\n",
        "customer_id\nanna\n王小明\n0012",
        "\ufeffname,customer_id\r\nA,anna\r\nB,王小明\r\nC,'0012\r\n\r\n",
    ],
)
def test_ids(tmp_path: Path, text: str) -> None:
    """One a line, or a table with a column of that name; marks, empty lines and Excel's apostrophe do no harm."""
    file = tmp_path / "own.csv"
    file.write_text(text, encoding="utf-8", newline="")
    assert merchant_arm(file) == {"customer_ids": ["anna", "王小明", "0012"]}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"field": "layer", "is": "lost"}, {"filter": {"field": "layer", "is": "lost"}}),
        ({"template": "lost"}, {"template": "lost"}),
    ],
)
def test_a_rule(tmp_path: Path, said: Any, wanted: Any) -> None:
    """A filter, or the merchant's part of a request itself."""
    file = tmp_path / "own.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    assert merchant_arm(file) == wanted


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param("a.csv", b"", "it must have at least one id", id="empty"),
        pytest.param("a.csv", b"customer_id\n", "it must have at least one id", id="names alone"),
        pytest.param(
            "a.csv", b"name,mail\nx,y\n", "its table must have a column customer_id; it has name, mail", id="others"
        ),
        pytest.param("a.csv", b"customer_id,n\nanna,1\n,2\n", "row 2 must have an id of 1 to", id="no id"),
        pytest.param("a.csv", b"anna\nbo\x07b\n", "row 2 must have an id of 1 to", id="control character"),
        pytest.param("a.csv", b"x" * 2000, "row 1 must have an id of 1 to", id="too long"),
        pytest.param("a.csv", b"\xff\xfe", "it must be UTF-8 text; save it as CSV UTF-8", id="not UTF-8"),
        pytest.param("a.json", b"{", "it must be JSON", id="no JSON"),
        pytest.param("a.json", b"[]", "it must be a JSON object: a filter", id="a list"),
    ],
)
def test_what_is_no_list(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    """The error names the file and the row."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(HuitouError, match=rf"^the merchant's list {name}: ") as raised:
        merchant_arm(tmp_path / name)
    assert told in raised.value.message


def test_no_such_file(tmp_path: Path) -> None:
    """A file that is not there is told as such."""
    with pytest.raises(HuitouError, match=r"^the merchant's list none\.csv: it cannot be read: No such file"):
        merchant_arm(tmp_path / "none.csv")
