"""Documents cannot lie: links, commands, make targets and the version are held to the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command

from scripts.commands import unknown_commands
from scripts.documents import (
    broken_links,
    documents,
    relative_links,
    unknown_targets,
    version_without_chapter,
)


@pytest.fixture(scope="module")
def small() -> Any:
    """The command line of a small program with commands, options and a group."""
    app, models = typer.Typer(), typer.Typer()
    app.add_typer(models, name="models")

    @app.callback()
    def main(shop: str = "./shop") -> None:
        pass

    @app.command("import")
    def bring_in(kind: str, files: list[str], timezone: str = "UTC", loud: bool = False) -> None:
        pass

    @models.command()
    def promote(version: int, why: Annotated[str, typer.Option("--why", "-w")] = "") -> None:
        pass

    return get_command(app)


def block(*lines: str, language: str = "bash") -> str:
    return "\n".join([f"Say:\n\n```{language}", *lines, "```", ""])


def test_huitous_links_lead_somewhere(root: Path) -> None:
    """Every relative link in the documents leads to a file of the project."""
    assert [offence for document in documents(root) for offence in broken_links(document, root)] == []


def test_huitous_documents_name_commands_that_exist(root: Path) -> None:
    """Every `huitou ...` in a shell block of the documents is a command with options that exist."""
    import huitou

    command = get_command(huitou.app)
    texts = {file.name: file.read_text(encoding="utf-8") for file in documents(root)}
    found = {name: unknown_commands(text, command) for name, text in texts.items()}
    assert {name: offences for name, offences in found.items() if offences} == {}


def test_huitous_documents_name_targets_that_exist(root: Path) -> None:
    """Every `make ...` in the documents is a target of the Makefile."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    texts = [file.read_text(encoding="utf-8") for file in documents(root)]
    assert [offence for text in texts for offence in unknown_targets(text, makefile)] == []


def test_huitous_changelog_knows_its_version(root: Path) -> None:
    """The changelog has a chapter for what is being made or for the version in pyproject.toml."""
    changelog, pyproject = ((root / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "pyproject.toml"))
    assert version_without_chapter(changelog, pyproject) == []


def test_the_readme_and_the_guides_are_read(tmp_path: Path) -> None:
    """Documents at the root and in every folder of docs are looked at, other Markdown is not."""
    for name in ("README.md", "CONTRIBUTING.md", "docs/guides/start.md", "notes.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    found = [file.relative_to(tmp_path).as_posix() for file in documents(tmp_path)]
    assert found == ["README.md", "CONTRIBUTING.md", "docs/guides/start.md"]


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("[guide](docs/none.md)", "docs/none.md"),
        ("![chart](none.png 'A chart')", "none.png"),
        ("[chapter](none.md#start)", "none.md#start"),
        ("[spaced](<no such file.md>)", "no such file.md"),
        ("[by name][x]\n\n[x]: none.md", "none.md"),
        ("[outside](../outside.md)", "../outside.md"),
    ],
)
def test_a_broken_link_is_caught(written: str, target: str, tmp_path: Path) -> None:
    """A link to a file that is not there, or lies outside the project, is named with its document."""
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside.md").write_text("", encoding="utf-8")
    (root / "README.md").write_text(f"{written}\n", encoding="utf-8")
    assert broken_links(root / "README.md", root) == [
        f"README.md: the link to '{target}' leads to no file of the project."
    ]


def test_a_good_link_passes(tmp_path: Path) -> None:
    """Links are followed from the document's own folder, with escapes, anchors and folders."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "real data.md").write_text("", encoding="utf-8")
    document = tmp_path / "docs" / "start.md"
    document.write_text("[a](../real%20data.md#top) [b](../docs) [c](start.md)", encoding="utf-8")
    assert broken_links(document, tmp_path) == []


def test_links_elsewhere_and_in_code_are_left_alone() -> None:
    """Other sites, mail, places in the page and code are not links to files."""
    text = "[a](https://example.org/x) [b](mailto:x@example.org) [c](#here) `[d](e)`\n" + block("[f](g)")
    assert relative_links(text) == []


@pytest.mark.parametrize(
    ("line", "offence"),
    [
        ("huitou fly", "'huitou' has no command 'fly'; it has import, models."),
        ("huitou import events a.csv --quiet", "'huitou import' has no option --quiet; it has --timezone"),
        ("huitou --shop x models demote", "'huitou models' has no command 'demote'; it has promote."),
        ("HUITOU_SHOP=x time .venv/bin/huitou fly", "'huitou' has no command 'fly'"),
        ("cat a.csv | huitou fly > out.txt", "'huitou' has no command 'fly'"),
        (
            "true && huitou models promote 3 \\\n  --because x",
            "'huitou models promote' has no option --because",
        ),
        ("huitou --nowhere=x import events a", "'huitou' has no option --nowhere; it has --shop"),
    ],
)
def test_a_command_that_does_not_exist_is_caught(line: str, offence: str, small: Any) -> None:
    """An unknown command or option in a shell block is named, with those that exist."""
    [found] = unknown_commands(block(line), small)
    assert found.startswith(offence)


@pytest.mark.parametrize(
    "text",
    [
        block("huitou --shop 'my shop' import events a.csv b.csv --timezone Asia/Shanghai --no-loud"),
        block("huitou models promote 3 -w 'better than models demote'  # huitou fly"),
        block("huitou import --help", "huitou import events -- --odd-name.csv"),
        block("$ huitou import events a.csv", "huitou fly was printed", language="console"),
        block("huitou fly", language="python"),
        block("echo huitou fly"),
        "In a sentence, huitou fly is no command.",
    ],
)
def test_commands_that_exist_pass(text: str, small: Any) -> None:
    """Known commands pass; output, comments, other languages and sentences are not commands."""
    assert unknown_commands(text, small) == []


@pytest.mark.parametrize("text", [block("make fly"), block("cd shop && make ARGS=-q fly"), "Then `make fly`."])
def test_a_target_that_does_not_exist_is_caught(text: str) -> None:
    """A target that the Makefile does not have is named, in blocks and in sentences."""
    makefile = "X := 1\ntest: ready  ## Run\ncheck:\n"
    assert unknown_targets(text, makefile) == ["make fly is not in the Makefile; it has check, test."]


def test_targets_that_exist_pass() -> None:
    """Known targets pass, with settings and options; in plain sentences make is a verb."""
    text = "They make sense: `make test ARGS=-x`.\n" + block("make -s check test PYTHON=python3.11", "cmake fly")
    assert unknown_targets(text, "test:\ncheck:\n") == []


def test_a_changelog_without_the_version_is_caught() -> None:
    """A changelog that stopped at an older version is an offence."""
    pyproject = '[project]\nname = "x"\nversion = "0.2.0"\n'
    assert version_without_chapter("## [0.1.0] - 2026-01-01\n", pyproject) == [
        "CHANGELOG.md has no chapter '## [Unreleased]' or '## [0.2.0]'."
    ]
    assert version_without_chapter("## [0.2.0] - 2026-01-01\n", pyproject) == []
    assert version_without_chapter("## [Unreleased]\n", pyproject) == []
