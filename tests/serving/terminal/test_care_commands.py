"""``huitou care``, ``huitou suppress`` and ``huitou holdout``."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.access.audit import Audit
from serving.database.connection import open_database
from serving.terminal.care_commands import care_commands
from serving.terminal.holdout_commands import holdout_commands
from serving.terminal.suppress_commands import suppress_commands
from tests.serving.care.care_shop import write_rules
from tests.serving.published_shop import NOW, small_shop

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, database_url: str | None) -> Run:
    """Runs a command on the small shop and gives what it printed; raises what it raises."""
    small_shop(tmp_path / "shop")

    def run_command(*words: str) -> str:
        console = Console(file=io.StringIO(), width=200)
        app = typer.Typer()
        app.add_typer(care_commands(lambda: NOW, console), name="care")
        app.add_typer(suppress_commands(lambda: NOW, lambda: database_url, console), name="suppress")
        app.add_typer(holdout_commands(lambda: NOW, lambda: database_url, console), name="holdout")
        result = CliRunner().invoke(app, [*words, "--shop", str(tmp_path / "shop")])
        if result.exception is not None:
            raise result.exception
        said: str = console.file.getvalue()  # type: ignore[attr-defined]
        return said

    return run_command


def test_care(run: Run, tmp_path: Path) -> None:
    """The rules are told in sentences, and a wrong file is told of."""
    assert "there is no contact_care.json; the built-in rules hold" in run("care", "check")
    shop = small_shop(tmp_path / "other")
    write_rules(shop)
    (tmp_path / "shop" / "contact_care.json").write_bytes((shop.path / "contact_care.json").read_bytes())
    assert "contact_care.json can be used" in run("care", "check")
    (tmp_path / "shop" / "contact_care.json").unlink()
    english = run("care", "show")
    assert "On all channels together: at most 6 messages to one person within 30 days." in english
    assert "2025-03-01 12:00+00:00" in english
    chinese = run("care", "show", "--language", "zh")
    assert "同一人两次触达至少间隔2天。" in chinese
    assert "Next message" not in chinese
    (tmp_path / "shop" / "contact_care.json").write_text("{")
    with pytest.raises(HuitouError, match=r"^contact_care\.json: it must be JSON"):
        run("care", "check")


def test_suppressions(run: Run, tmp_path: Path) -> None:
    """A file is imported, listed without addresses, and taken back one by one or by the same file."""
    assert run("suppress", "list").startswith("nobody is suppressed; huitou suppress import FILE")
    file = tmp_path / "no.csv"
    file.write_text("customer_id,email\nanna,a@x.cn\n", encoding="utf-8")
    assert "2 suppressed, 2 of them new" in run("suppress", "import", str(file), "--channel", "email")
    told = run("suppress", "list")
    assert "Suppressions (2)" in told
    assert "anna" in told
    assert "a@x.cn" not in told
    assert "0 suppressions are taken back" in run("suppress", "remove", "--customer", "anna")
    assert "1 suppressions are taken back" in run("suppress", "remove", "--customer", "anna", "--channel", "email")
    assert "1 suppressions are taken back" in run("suppress", "remove", "--file", str(file), "--channel", "email")
    with pytest.raises(HuitouError, match=r"^say whom: --customer, --email, --phone or --file\.$"):
        run("suppress", "remove")
    with pytest.raises(HuitouError, match=r"^kind must be one of customer, email, phone; got 'name'\.$"):
        run("suppress", "import", str(file), "--kind", "name")


def test_holdout(run: Run, tmp_path: Path, database_url: str | None) -> None:
    """A share is set, shown with its history, and written down."""
    assert run("holdout", "show").startswith("nobody is held out; huitou holdout set --share 0.05")
    assert "5.0% of all people are held out from now on" in run("holdout", "set", "--share", "0.05")
    run("holdout", "set", "--share", "0.1")
    shown = run("holdout", "show")
    assert "5.0%" in shown
    assert "10.0%" in shown
    assert "command line" in shown
    engine = open_database(ShopFolder.open(tmp_path / "shop"), database_url)
    assert [entry.details for entry in Audit(engine).newest(2)] == [{"share": 0.1}, {"share": 0.05}]
    engine.dispose()
