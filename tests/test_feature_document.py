"""The document of features cannot lie: it names what the code computes, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

from features.events.event import EVENT_SCHEMA
from scripts.feature_document import DOCUMENT, document
from scripts.feature_meanings import CHAPTERS
from tests.small_shop import events, features, moment


def computed() -> list[str]:
    return list(features(EVENT_SCHEMA.empty_table(), moment("2025-03-31T00:00Z")).names)


def test_the_document_names_exactly_the_features_of_the_code(root: Path) -> None:
    """Every computed feature stands once in the document's tables, in order, and nothing else does."""
    text = (root / "docs" / "features.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)] == computed()


def test_the_document_is_the_one_that_the_script_writes() -> None:
    """The file is what the texts give: run ``python -m scripts.feature_document`` after changing them."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_feature_has_a_meaning_a_unit_and_a_rule() -> None:
    """No cell of the tables is empty, and none holds a bar, which would break the table."""
    for entry in (entry for entries in CHAPTERS.values() for entry in entries):
        cells = (entry.name, entry.meaning, entry.unit, entry.missing)
        assert all(cells)
        assert not any("|" in cell for cell in cells)


def test_what_is_never_missing_is_never_missing() -> None:
    """A feature that the document says is never missing has a value for a customer of one lonely event."""
    lonely = events(("anna", "uncart", "tea", "2025-03-01T10:00Z"))
    row = features(lonely, moment("2025-03-31T00:00Z")).to_pandas().loc["anna"]
    entries = [entry for entries in CHAPTERS.values() for entry in entries]
    never = {name for entry in entries if entry.missing == "never" for name in entry.names}
    assert {name for name in row.index if row[name] == row[name]} == never
