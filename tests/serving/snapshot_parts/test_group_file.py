"""What decided the groups of a snapshot, written and read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.snapshot import Snapshot
from serving.snapshot_parts.group_file import GROUPS_FILE, read_group_rules, write_group_rules
from tests.serving.published_shop import GROUP_RULES, small_shop


def test_a_snapshot_tells_its_rules(tmp_path: Path) -> None:
    """The day rules in force and the limits between scores are those that were published, and why."""
    snapshot = Snapshot.open_current(small_shop(tmp_path / "shop"))
    assert snapshot.group_rules == GROUP_RULES
    said = json.loads((snapshot.folder / GROUPS_FILE).read_text(encoding="utf-8"))
    assert said["layers"]["lost_after_days"] == 360
    assert said["layers"]["why"] == {
        "en": "the day rules are those in shop.json",
        "zh": "分层天数采用 shop.json 中的设置",
    }
    assert GROUPS_FILE in snapshot.manifest.files


def test_equal_rules_make_equal_files(tmp_path: Path) -> None:
    """Nothing but the rules is in the file."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_group_rules(tmp_path / name, GROUP_RULES)
    assert (tmp_path / "a" / GROUPS_FILE).read_bytes() == (tmp_path / "b" / GROUPS_FILE).read_bytes()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"layers": {"days": 3}}', None])
def test_a_broken_file_is_told(tmp_path: Path, text: str | None) -> None:
    """A file that is missing or says something else cannot be used, and one publishes again."""
    if text is not None:
        (tmp_path / GROUPS_FILE).write_text(text)
    with pytest.raises(HuitouError, match=r"^groups\.json of snapshot .* cannot be used: .* Publish again") as caught:
        read_group_rules(tmp_path)
    assert caught.value.code == "broken_snapshot"
