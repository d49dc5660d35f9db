"""Files of imports: rows of a person go, those of others stay as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.events.staging import Staging
from features.shop_folder import ShopFolder
from serving.privacy.places.file_places import RejectedPlace, StagingPlace
from tests.small_shop import events

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ({"raw": {"customer_id": "c-1", "kind": "dance"}}, True),
        ({"raw": {"customer_id": "c-12"}}, False),
        ({"raw": "view;c-1;tea"}, True),
        ({"raw": {"ids": [{"visitor_id": "v/9"}]}}, True),
        ({"message": "customer_id must be short; got 'c-1' in row 3."}, True),
        ({"raw": {"c-1": None, "note": 5}}, True),
        ({"raw": {"price": 1, "visitor_id": "v/99"}}, False),
        ('{"raw": "c-1', True),
        ('{"raw": "c-2', False),
    ],
)
def test_rows_that_were_rejected(tmp_path: Path, line: object, goes: bool) -> None:
    """A line goes when an id stands in it as a word, wherever that is; other people's longer ids do not count."""
    shop = ShopFolder.create(tmp_path)
    shop.rejected.mkdir()
    file, kept = shop.rejected / "events.csv-1.jsonl", json.dumps({"raw": {"customer_id": "other"}}) + "\n"
    file.write_text((line if isinstance(line, str) else json.dumps(line)) + "\n" + kept)
    place, people = RejectedPlace(shop), ["c-1", "visitor:v/9"]
    assert place.count(people) == {"rejected_rows": int(goes)}
    before = file.read_text()
    place.erase(people)
    assert file.read_text() == (kept if goes else before)
    assert place.count(people) == {"rejected_rows": 0}


def test_a_file_without_rows_goes(tmp_path: Path) -> None:
    """A file of nothing but rows of the person is removed."""
    shop = ShopFolder.create(tmp_path)
    shop.rejected.mkdir()
    (shop.rejected / "a-1.jsonl").write_text(json.dumps({"raw": {"customer_id": 77}}) + "\n")
    RejectedPlace(shop).erase(["77"])
    assert [*shop.rejected.iterdir()] == []


def test_an_erasing_that_was_cut_short(tmp_path: Path) -> None:
    """What it left beside a file goes with the next one, and the file is read as it was."""
    shop = ShopFolder.create(tmp_path)
    shop.rejected.mkdir()
    for name in ("a-1.jsonl", ".rewriting-a-1.jsonl"):
        (shop.rejected / name).write_text(json.dumps({"raw": "other"}) + "\n" + json.dumps({"raw": "anna"}) + "\n")
    RejectedPlace(shop).erase(["anna"])
    assert {file.name: file.read_text() for file in shop.rejected.iterdir()} == {"a-1.jsonl": '{"raw": "other"}\n'}


def test_half_done_imports(tmp_path: Path) -> None:
    """Rows of complete files are counted, one that was cut short is not; everything goes."""
    shop = ShopFolder.create(tmp_path)
    place = StagingPlace(shop)
    assert place.count(["anna"]) == {"staging": 0}
    place.erase(["anna"])
    staging = Staging(shop.staging / "import", 4, "UTC")
    staging.add(events(*((who, "view", "tea", NOW) for who in ("anna", "bob", "anna"))))
    staging.close()
    (shop.staging / "import" / "cut.parquet").write_bytes(b"PAR1")
    (shop.staging / "alone").write_text("anna")
    assert place.count(["anna"]) == {"staging": 2}
    place.erase(["anna"])
    assert [*shop.staging.iterdir()] == []
