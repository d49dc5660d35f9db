"""What decided the groups of everybody in a snapshot, in ``groups.json``."""

from __future__ import annotations

import json
from pathlib import Path

from features.shop.groups.group_rules import GroupRules
from serving.snapshot_parts.array_file import broken

GROUPS_FILE = "groups.json"
"""Its name in the folder of the snapshot."""


def write_group_rules(folder: Path, rules: GroupRules) -> None:
    """Write ``rules`` into the snapshot in ``folder``; equal rules make equal files."""
    text = json.dumps(rules.as_dict(), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    (folder / GROUPS_FILE).write_text(text + "\n", encoding="utf-8")


def read_group_rules(folder: Path) -> GroupRules:
    """The rules in the snapshot in ``folder``; raises :class:`HuitouError` when the file is missing or broken."""
    file = folder / GROUPS_FILE
    try:
        return GroupRules.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise broken(file, f"{type(error).__name__}: {error}") from None
