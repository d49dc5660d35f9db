"""Files of contacts: CSV as other systems write it, in blocks, with the numbers of the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.campaigns.contact_file import contact_rows


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "contacts.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding=encoding)
    return file


def test_rows_as_the_api_takes_them(tmp_path: Path) -> None:
    """Other columns are passed over, other systems' words are understood."""
    file = written(tmp_path, "Customer ID,Status,Subject\nc-1,Delivered,Hello\nc-2,open,Hello\n")
    (rows,) = contact_rows(file)
    assert [row for _, row in rows] == [
        {"customer_id": "c-1", "outcome": "delivered"},
        {"customer_id": "c-2", "outcome": "opened"},
    ]


def test_a_chinese_export(tmp_path: Path) -> None:
    """GB 18030, with Chinese names of columns and outcomes."""
    file = written(tmp_path, "客户ID,状态\n王小明,已退订\n李雷,已送达\n", "gb18030")
    (rows,) = contact_rows(file)
    assert [(row or {})["outcome"] for _, row in rows] == ["unsubscribed", "delivered"]
    assert (rows[0][1] or {})["customer_id"] == "王小明"


def test_many_rows_come_in_blocks(tmp_path: Path) -> None:
    """No block is larger than what the API takes at once."""
    file = written(tmp_path, "customer_id,outcome\n" + "".join(f"c{n},sent\n" for n in range(2_500)))
    blocks = [*contact_rows(file)]
    assert max(map(len, blocks)) <= 1_000
    assert sum(map(len, blocks)) == 2_500


def test_json_lines(tmp_path: Path) -> None:
    """One object on each line."""
    file = written(tmp_path, '{"customer_id": "c-1", "outcome": "sent", "arm": "control"}\n', name="contacts.jsonl")
    (rows,) = contact_rows(file)
    assert rows[0][1] == {"customer_id": "c-1", "outcome": "sent", "arm": "control"}


def test_a_file_without_outcomes(tmp_path: Path) -> None:
    """It is said which column is missing and which there are."""
    file = written(tmp_path, "customer_id,colour\nc-1,red\n")
    with pytest.raises(HuitouError, match="contacts.csv must have a column outcome; it has customer_id, colour."):
        next(contact_rows(file))
