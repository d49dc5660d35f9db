"""``huitou backup``, ``restore`` and ``erased`` as typed."""

from __future__ import annotations

import re
from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.people.erased import Erased
from serving.database.people.person_hash import person_hash
from tests.command_line.command import done, refused
from tests.serving.backups.stored_shop import absorbed_ids, database, stored_shop
from tests.serving.published_shop import NOW


def test_there_and_back(tmp_path: Path) -> None:
    """A shop is backed up, somebody is deleted, and the restored shop does not know them."""
    shop = stored_shop(tmp_path / "shop")
    out = tmp_path / "shop.tar"
    said = done("backup", "--shop", shop.path, "--out", out)
    assert re.search(rf"^{re.escape(str(out))} holds \d+ files, [\d.]+ MB$", said, re.MULTILINE)
    with database(shop) as engine:
        Erased(engine).begin(["b/o b"], NOW)
    said = done("erased", "--shop", shop.path, "--out", tmp_path / "erased.txt")
    assert said == f"{tmp_path / 'erased.txt'} holds the hashes of deleted people: 1\n"
    assert (tmp_path / "erased.txt").read_text() == person_hash("b/o b") + "\n"
    said = done("restore", out, "--shop", tmp_path / "again", "--erased-from", tmp_path / "erased.txt")
    assert "people deleted again: 1" in said
    assert absorbed_ids(ShopFolder.open(tmp_path / "again")) == ["e-1", "e-3"]


def test_mistakes(tmp_path: Path) -> None:
    """What is wrong is told in one line, and nothing is made."""
    (tmp_path / "list.txt").write_text("anna\n")
    assert refused("restore", tmp_path / "none.tar", "--shop", tmp_path / "new") == (
        f"{tmp_path / 'none.tar'} does not exist. Check its name."
    )
    assert refused(
        "restore", tmp_path / "none.tar", "--shop", tmp_path / "new", "--erased-from", tmp_path / "list.txt"
    ) == (
        "--erased-from must be a file of huitou erased, with 32 hexadecimal digits a line; got 'anna'. Check its name."
    )
    assert not (tmp_path / "new").exists()
