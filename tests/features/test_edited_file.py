"""Files that a shop writes by hand: what is taken, and how each mistake is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field

from features.edited_file import EditedFile, FileKind, Part
from features.errors import HuitouError
from features.shop.groups.playbook import Playbook
from features.shop.promotions.own_promotions import OwnPromotions
from serving.arranging.rules import ArrangeRules
from serving.care.rules import ContactCare
from serving.lists.webhooks.webhook_file import WebhookFile

WAY_OUT = "Mend it, and look with: huitou closed check"


class Closing(Part):
    """A day on which the shop is closed."""

    name: dict[str, str] | str
    day: date
    hours: int = 24


class Closed(EditedFile):
    """The days on which the shop is closed."""

    kind: ClassVar[FileKind] = FileKind(
        "closed.json",
        holds="days",
        code="broken_closed",
        most_bytes=100,
        check="huitou closed check",
        entry=("days", "day"),
    )
    days: list[Closing] = Field(default_factory=list)


class Secret(EditedFile):
    """A file with passwords."""

    kind: ClassVar[FileKind] = FileKind(
        "secret.json", holds="passwords", code="broken_secret", most_bytes=100, repeats_values=False
    )
    passwords: dict[str, int] = Field(default_factory=dict)


def told(file: type[EditedFile], said: Any) -> HuitouError:
    """What is told of text, or of something as JSON."""
    with pytest.raises(HuitouError) as caught:
        file.read(said if isinstance(said, str) else json.dumps(said))
    return caught.value


def test_a_file_as_it_should_be(tmp_path: Path) -> None:
    """Dates are read from text, a mark of the encoding is passed over, and without a file all is as built in."""
    assert Closed.in_folder(tmp_path).days == []
    text = json.dumps({"days": [{"name": "moving", "day": "2026-03-31"}]})
    (tmp_path / "closed.json").write_text("\ufeff" + text, encoding="utf-8")
    (found,) = Closed.in_folder(tmp_path).days
    assert (found.name, found.day, found.hours) == ("moving", date(2026, 3, 31), 24)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "it must be JSON; Expecting value: line 1 column 1 (char 0)."),
        ("[" * 100_000, "it must be JSON; maximum recursion depth exceeded"),
        ('{"days": [], "days": []}', "it must be JSON; 'days' stands twice in one object."),
        ('{"days": [{"name": "a", "name": "b"}]}', "it must be JSON; 'name' stands twice in one object."),
        ('{"days": NaN}', "it must be JSON; NaN is no number of it."),
        ('{"days": -Infinity}', "it must be JSON; -Infinity is no number of it."),
        ("[]", "it must be a JSON object with days."),
        ({"day": []}, "day is not a field of this file; got []."),
        ({"days": {}}, "days must be a list; got {}."),
        ({"days": [7]}, "day 1: it must be a JSON object; got 7."),
        ({"days": [{"day": "2026-03-31"}]}, "day 1: name must be given; got nothing."),
        (
            {"days": [{"name": "a", "day": "2026-03-31"}, {"name": "moving", "day": 3}]},
            "day 2 ('moving'): day must be a date, such as 2026-03-31; got 3.",
        ),
        (
            {"days": [{"name": {"en": "moving", "zh": "搬家"}, "day": "2026-03-31", "hours": "all"}]},
            "day 1 ('moving'): hours must be a whole number; got \"all\".",
        ),
        ({"days": [{"name": "a", "day": "2026-03-31", "hours": True}]}, "day 1 ('a'): hours must be a whole number;"),
    ],
    ids=[*"abcdefghijklmn"],
)
def test_mistakes(said: Any, message: str) -> None:
    """The first mistake is told with its entry, field, value, what is allowed and the next step."""
    found = told(Closed, said)
    assert found.message.startswith(f"closed.json: {message}")
    assert found.message.endswith(WAY_OUT)
    assert (found.code, found.hint) == ("broken_closed", "huitou closed check")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe{}", "it must be a file of UTF-8 text; "),
        (b" " * 101, "it must have at most 100 bytes; it has more."),
    ],
    ids=["no text", "too large"],
)
def test_what_is_no_such_file(tmp_path: Path, data: bytes, message: str) -> None:
    """What is no UTF-8, too large or a folder is refused before it is read as JSON."""
    file = tmp_path / "closed.json"
    file.write_bytes(data)
    with pytest.raises(HuitouError) as caught:
        Closed.in_folder(tmp_path)
    assert caught.value.message.startswith(f"closed.json: {message}")
    file.unlink()
    file.mkdir()
    with pytest.raises(HuitouError, match=r"^closed\.json: it must be a file of UTF-8 text; .*directory"):
        Closed.in_folder(tmp_path)


@pytest.mark.parametrize(
    "said", [{"passwords": {"crm": "hush; got you"}}, {"hush": 3}, '{"passwords": {"crm": "hush}}']
)
def test_secrets_are_not_repeated(said: Any) -> None:
    """Where a value may be a secret, the error says what is wrong with it and neither holds nor quotes it."""
    found = told(Secret, said)
    assert found.message.startswith("secret.json: ")
    assert found.message.endswith(". Mend it.")
    assert "hush; got" not in found.message
    assert (found.value, found.hint) == (None, None)


FILES: tuple[type[EditedFile], ...] = (ArrangeRules, Playbook, OwnPromotions, ContactCare, WebhookFile)


@pytest.mark.parametrize("file", FILES, ids=[file.kind.name for file in FILES])
def test_all_files_of_a_shop_are_read_alike(tmp_path: Path, file: type[EditedFile]) -> None:
    """Each may be missing or empty, and the same mistakes are told of each in the same words."""
    assert file.in_folder(tmp_path) == file.read("{}")
    name = file.kind.name
    for text in ('{"a": 1, "a": 2}', '{"a": NaN}', "{"):
        assert told(file, text).message.startswith(f"{name}: it must be JSON; ")
    assert told(file, "3").message.startswith(f"{name}: it must be a JSON object with ")
    assert told(file, '{"of nobody": 3}').message.startswith(f"{name}: of nobody is not a field of this file")
    assert told(file, '{"\\ud800": "\\ud800"}').code == file.kind.code
