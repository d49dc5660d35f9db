"""``huitou audit`` for a shop in which nothing was done."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.audit_commands import audit_command


def test_an_empty_log(tmp_path: Path) -> None:
    """Without acts the table is empty, and that is all that is told."""
    printed = StringIO()
    shop = ShopFolder.create(tmp_path / "shop")
    audit_command(lambda: None, Console(file=printed, soft_wrap=True))(shop.path, 50, None, None)
    assert "Administrative acts" in printed.getvalue()
    assert "key." not in printed.getvalue()
