"""``huitou audience``: fields, templates, previews, and audiences that are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from features.errors import HuitouError
from serving.terminal.audience_commands import audience_commands
from tests.serving.published_shop import NOW, small_shop

Run = Callable[..., str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small published shop."""
    return small_shop(tmp_path_factory.mktemp("shop")).path


@pytest.fixture
def run() -> Run:
    """Runs one of the commands and gives what it printed."""

    def now() -> datetime:
        return NOW

    def called(*words: object) -> str:
        printed = StringIO()
        console = Console(file=printed, width=200)
        result = CliRunner().invoke(audience_commands(now, lambda: None, console), [*map(str, words)])
        if isinstance(result.exception, HuitouError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return printed.getvalue()

    return called


def test_fields_and_templates(run: Run, shop: Path) -> None:
    """Fields with their names, ready audiences with what they are for, in either language."""
    fields = run("fields", "--shop", shop, "--language", "zh")
    assert "churn_probability" in fields
    assert "91天内流失概率" in fields
    templates = run("templates")
    assert "open-cart" in templates
    assert "within_days=30" in templates
    assert "待转化" not in templates
    chinese = run("templates", "--language", "zh")
    assert "近期加购" in chinese
    assert "ranked by" not in chinese


def test_a_preview(run: Run, shop: Path) -> None:
    """Counts, reasons, overlaps, what it brings, and whether that could be seen."""
    printed = run(
        "preview", "--shop", shop, "--filter", '{"everyone": true}', "--channel", "email", "--overlap", "lost"
    )
    assert "6 of 6 customers (100.0%) on 2025-03-01" in printed
    assert "4 may be written to (66.7% of them)" in printed  # not a visitor, known by a browser alone
    assert "must not be written to" in printed
    assert "33.3%" in printed
    assert "Expected within 91 days, by the shop's setting contact_success_rate" in " ".join(printed.split())
    assert "High win-back" in printed
    assert "high_win_back" not in printed
    assert "too few people to see an effect" in printed
    assert "人数太少" in run("preview", "--shop", shop, "--template", "lost", "--language", "zh")


def test_a_preview_in_chinese(run: Run, shop: Path) -> None:
    """Everything that is told of an audience is in the language that was asked for."""
    said = run("preview", "--filter", '{"everyone": true}', "--language", "zh", "--shop", shop)
    assert "可触达" in said
    assert "天内预期" in said
    assert "may be written to" not in said
    assert "orders" not in said
    assert "高召回价值" in said
    assert "high_win_back" not in said


def test_parameters_are_numbers_where_they_look_like_it(run: Run, shop: Path) -> None:
    """A template's numbers and names are given as name=value."""
    one = run(
        "preview",
        "--shop",
        shop,
        "--template",
        "new-product-fans",
        "--parameter",
        "item=kettle",
        "--parameter",
        "top=1",
    )
    assert one.startswith("1 of 6 customers")
    with pytest.raises(HuitouError, match="--parameter must be written as name=value; got 'top'"):
        run("preview", "--shop", shop, "--template", "lost", "--parameter", "top")


def test_kept_audiences(run: Run, shop: Path, tmp_path: Path) -> None:
    """Saved from a file, listed, counted, and deleted."""
    assert run("list", "--shop", shop).startswith("no audience is saved yet; huitou audience save NAME")
    file = tmp_path / "carts.json"
    file.write_text('\ufeff{"open": "cart", "item": "kettle"}', encoding="utf-8")
    assert "people at this moment: 1" in run(
        "save", "carts", "--shop", shop, "--filter", f"@{file}", "--note", "spring"
    )
    listed = run("list", "--shop", shop)
    assert "spring" in listed
    assert "command line" in listed
    assert run("preview", "--shop", shop, "--audience", "carts").startswith("1 of 6 customers")
    assert "audience carts is deleted" in run("delete", "carts", "--shop", shop)
    with pytest.raises(HuitouError, match="there is no audience 'carts'"):
        run("delete", "carts", "--shop", shop)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("preview", "--filter", "{"), "--filter must be a JSON object, or the name of a file with one; "),
        (("preview", "--filter", "@no such file"), "--filter must be a JSON object, or the name of a file with one; "),
        (("preview", "--filter", "[1]"), "--filter must be a JSON object, or the name of a file with one; "),
        (("preview", "--filter", '{"layer": 1}'), 'filter must have no key "layer"; allowed here: '),
        (("preview",), "body must have one of filter, audience, template; got "),
        (("save", "fields", "--filter", '{"everyone": true}'), "name must have 1 to 100 characters"),
        (("save", "a", "--filter", '{"field": "layre", "is": "x"}'), "filter.field must be a field"),
    ],
)
def test_what_is_wrong(run: Run, shop: Path, words: tuple[str, ...], message: str) -> None:
    """One clear sentence each."""
    with pytest.raises(HuitouError) as caught:
        run(*words, "--shop", shop)
    assert caught.value.message.startswith(message), caught.value.message
