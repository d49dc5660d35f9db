"""Files of suppressions: taken whole, or refused with the lines that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.care.suppressing.file import read_suppressions
from serving.care.suppressing.rows import ToldSuppression


def file_of(folder: Path, text: str | bytes) -> Path:
    """A file that holds ``text``."""
    file = folder / "no.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer_id\nc-1\n\n c-2 \n", [("customer", "c-1", "email"), ("customer", "c-2", "email")]),
        ("Email;Channel\na@x.cn;sms\nb@x.cn;all\n", [("email", "a@x.cn", "sms"), ("email", "b@x.cn", "email")]),
        ("手机号,渠道\r\n138 0013 8000,\r\n".encode("gb18030"), [("phone", "138 0013 8000", "email")]),
        (
            "\ufeffname\tE-mail\tphone\nWang\ta@x.cn\t13800138000\n",
            [("email", "a@x.cn", "email"), ("phone", "13800138000", "email")],
        ),
        ('customer_id,note\n"a,""b",x\n', [("customer", 'a,"b', "email")]),
    ],
    ids=["ids", "channels", "chinese", "two addresses", "quotes"],
)
def test_what_a_file_says(tmp_path: Path, text: str | bytes, expected: list[tuple[str, str, str]]) -> None:
    """Columns by their usual names, any usual delimiter and encoding; a row's own channel goes before the option."""
    found = read_suppressions(file_of(tmp_path, text), "email")
    assert [row for _, row in found] == [ToldSuppression(*each) for each in expected]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """The header is line 1, and blank lines count."""
    assert [line for line, _ in read_suppressions(file_of(tmp_path, "email\na@x.cn\n\nb@x.cn\n"), None)] == [2, 4]


def test_one_column_without_a_name(tmp_path: Path) -> None:
    """Said what it holds, it is taken from its first line on."""
    found = read_suppressions(file_of(tmp_path, "c-1\nc-2\n"), None, "customer")
    assert [row.value for _, row in found] == ["c-1", "c-2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no.csv: it is empty. Nothing was stored of it."),
        ("email\n", "no.csv: it has no rows. Nothing was stored of it."),
        (
            "c-1\nc-2\n",
            (
                "no.csv: its first line must name a column customer_id, email or phone; got 'c-1'. "
                "Or say --kind for one column. Nothing was stored of it."
            ),
        ),
        (
            "email,channel\na@x.cn,email\nsecret,email\nb@x.cn,fax\n",
            (
                "no.csv: 2 lines cannot be used. Line 3: email must look like name@example.com. Line 4: channel must "
                "be one of all, email, sms, app, wechat, phone, post; got 'fax'. Nothing was stored of it."
            ),
        ),
        (
            "email,channel\na@x.cn\n",
            "no.csv: 1 line cannot be used. Line 2: it has 1 cells, and the first line has more.",
        ),
        ("customer_id,x\n ,y\n", "no.csv: 1 line cannot be used. Line 2: it names nobody."),
        ("customer_id\n" + "x" * 300 + "\n", "no.csv: 1 line cannot be used. Line 2: customer_id must have 1 to 256"),
        (
            "customer_id\nc\x01\n",
            "no.csv: 1 line cannot be used. Line 2: customer_id must have 1 to 256 characters and no",
        ),
        ('email\n"a@x.cn\n', "no.csv: line 2 is no CSV: unexpected end of data. Nothing was stored of it."),
        ("phone\n=HYPERLINK(1)\n", "no.csv: 1 line cannot be used. Line 2: phone must be a telephone number"),
        (b"\xff\xff\xff", "no.csv: it must be text in UTF-8 or GB 18030. Nothing was stored of it."),
        (b"PK\x03\x04\x00\x00", "no.csv: it must be a text file (CSV). Nothing was stored of it."),
        ("email\n" + "y" * 200_000 + "\n", "no.csv: line 2 is no CSV: field larger than field limit (131072)."),
    ],
    ids=[*"abcdefghijklm"],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str | bytes, message: str) -> None:
    """One error names the lines and repeats no address; hostile files are no worse."""
    with pytest.raises(HuitouError) as found:
        read_suppressions(file_of(tmp_path, text), None)
    assert found.value.message.startswith(message)
    assert "secret" not in found.value.message
    assert len(found.value.message) < 600


def test_very_many_wrong_lines(tmp_path: Path) -> None:
    """The first ten are named, the others counted."""
    with pytest.raises(
        HuitouError, match=r"1,000 lines cannot be used\. Line 2: .* Line 11: .* And 990 more\. Nothing"
    ):
        read_suppressions(file_of(tmp_path, "email\n" + "x\n" * 1_000), None)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The error says so."""
    with pytest.raises(HuitouError, match=r"none\.csv cannot be read: No such file or directory\. Check its name\.$"):
        read_suppressions(tmp_path / "none.csv", None)
