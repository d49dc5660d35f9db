"""``huitou keys`` and ``huitou audit``, as they are typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.access.audit import COMMAND_LINE, Audit
from serving.database.access.keys import ApiKey, ApiKeys
from serving.database.connection import open_database
from serving.terminal.audit_commands import audit_command
from serving.terminal.keys_commands import keys_commands
from tests.serving.published_shop import NOW

Typed = Callable[..., str]


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path / "shop")


@pytest.fixture
def typed(shop: ShopFolder, database_url: str | None) -> Typed:
    """Runs a command for the shop; gives what it prints, raises what it raises."""

    def run(*words: object) -> str:
        printed = StringIO()
        console = Console(file=printed, soft_wrap=True, width=200)
        app = typer.Typer()
        app.add_typer(keys_commands(lambda: NOW, lambda: database_url, console), name="keys")
        app.command("audit")(audit_command(lambda: database_url, console))
        ran = CliRunner().invoke(app, [*map(str, words), "--shop", str(shop.path)], catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return printed.getvalue()

    return run


@pytest.fixture
def kept(shop: ShopFolder, database_url: str | None) -> Callable[[], list[ApiKey]]:
    """Reads the keys that are kept."""

    def read() -> list[ApiKey]:
        engine = open_database(shop, database_url)
        try:
            return ApiKeys(engine).list()
        finally:
            engine.dispose()

    return read


def test_a_key_is_shown_once(typed: Typed, kept: Callable[[], list[ApiKey]]) -> None:
    """Making a key prints it; afterwards it is listed without its secret."""
    said = typed(
        "keys", "create", "--role", "browser", "--name", "our [bold]pages", "--per-minute", 90, "--expires", 30,
        "--origin", "https://shop.example", "--origin", "https://m.shop.example/",
    )  # fmt: skip
    (text,) = re.findall(r"^hk_[0-9a-f]{12}_[\w-]{43}$", said, re.MULTILINE)
    assert "(browser, our [bold]pages), 90 requests a minute:" in said
    assert "Keep it now: it is not stored and cannot be shown again." in said
    (key,) = kept()
    assert key.origins == ("https://shop.example", "https://m.shop.example")
    assert key.expires_at == NOW + timedelta(days=30)
    listed = typed("keys", "list")
    assert key.key_id in listed
    assert "our [bold]pages" in listed
    assert text.split("_", 2)[2] not in listed


def test_a_key_is_changed_and_revoked(typed: Typed, kept: Callable[[], list[ApiKey]]) -> None:
    """A key gets a new secret, and then none that works."""
    typed("keys", "create", "--role", "shop", "--name", "website")
    (before,) = kept()
    assert f"hk_{before.key_id}_" in typed("keys", "rotate", before.key_id)
    assert kept()[0].secret_hash != before.secret_hash
    assert typed("keys", "revoke", before.key_id) == f"key {before.key_id} (shop, website) is revoked\n"
    assert kept()[0].revoked_at == NOW
    assert "revoked" in typed("keys", "list")


def test_every_act_is_written_down(
    typed: Typed, kept: Callable[[], list[ApiKey]], shop: ShopFolder, database_url: str | None
) -> None:
    """Making, changing and revoking leave a line each in the audit log, with the command line as the actor."""
    said = typed("keys", "create", "--role", "shop", "--name", "website")
    key_id = kept()[0].key_id
    typed("keys", "rotate", key_id)
    typed("keys", "revoke", key_id)
    engine = open_database(shop, database_url)
    found = Audit(engine).newest(9)
    engine.dispose()
    assert [(entry.actor, entry.act, entry.subject) for entry in found] == [
        (COMMAND_LINE, "key.revoke", key_id),
        (COMMAND_LINE, "key.rotate", key_id),
        (COMMAND_LINE, "key.create", key_id),
    ]
    listed = typed("audit")
    assert listed.index("key.revoke") < listed.index("key.create")
    assert '"role": "shop"' in listed
    assert re.findall(r"hk_\w+", said)[0] not in listed
    assert "key.create" not in typed("audit", "--act", "key.revoke")
    assert "key.rotate" not in typed("audit", "-n", 1)


def test_what_cannot_be_made_is_told(typed: Typed, kept: Callable[[], list[ApiKey]]) -> None:
    """A wrong role, or an id that is none, is told in one line, and nothing is made."""
    with pytest.raises(HuitouError, match="role of a key must be one of shop, browser, marketer"):
        typed("keys", "create", "--role", "root", "--name", "x")
    with pytest.raises(HuitouError, match="there is no key 'hk'"):
        typed("keys", "revoke", "hk")
    assert kept() == []
