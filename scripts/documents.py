"""Documents held to the code: links lead somewhere, commands and targets exist, the version has its chapter.

Each check takes text, and what the text must agree with, and returns one sentence per offence.
``tests/test_documentation.py`` runs them on Huitou's own documents.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

FENCE = re.compile(
    r"^[ \t]*(?P<ticks>`{3,}|~{3,})[ \t]*(?P<language>[\w-]*)[^\n]*\n(?P<body>.*?)^[ \t]*(?P=ticks)",
    re.M | re.S,
)
INLINE_CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(\s*(?:<(?P<angled>[^>\n]+)>|(?P<plain>[^)\s]+))[^)]*\)")
REFERENCE = re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]+(?P<plain>\S+)", re.M)
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.I)
TARGET = re.compile(r"^([A-Za-z0-9][\w.-]*)[ \t]*:(?!=)", re.M)
MAKE = re.compile(r"(?:^|[\s;&|$])make((?:[ \t]+[^\s;&|#`]+)+)")
SHELLS = frozenset({"bash", "console", "shell", "sh"})
BASE_DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def documents(root: Path) -> list[Path]:
    """The documents that are held to the code: those at the root, and everything in docs."""
    at_root = [root / name for name in BASE_DOCUMENTS if (root / name).is_file()]
    return [*at_root, *sorted((root / "docs").rglob("*.md"))]


def broken_links(document: Path, root: Path) -> list[str]:
    """Relative links of ``document`` that lead to no file, or out of the project."""
    name = document.relative_to(root).as_posix()
    return [
        f"{name}: the link to '{link}' leads to no file of the project."
        for link in relative_links(document.read_text(encoding="utf-8"))
        if not leads_to_a_file(link, document, root)
    ]


def leads_to_a_file(link: str, document: Path, root: Path) -> bool:
    """Whether a relative link names something that exists inside ``root``."""
    path = unquote(link.partition("#")[0].partition("?")[0])
    place = (document.parent / path).resolve()
    return place.is_relative_to(root.resolve()) and place.exists()


def relative_links(text: str) -> list[str]:
    """Targets of Markdown links and images, without those to other sites, within the page, or in code."""
    prose = INLINE_CODE.sub("", FENCE.sub("", text))
    found = [*LINK.finditer(prose), *REFERENCE.finditer(prose)]
    targets = [next(part for part in match.groups() if part) for match in found]
    return [target for target in targets if not ELSEWHERE.match(target)]


def shell_lines(text: str) -> Iterator[str]:
    """Command lines in the fenced shell blocks of ``text``, continued lines joined.

    Where a block has prompts (``$ ``), the lines without one are what the commands printed.
    """
    for fence in FENCE.finditer(text):
        if fence["language"].lower() in SHELLS:
            lines = [line.strip() for line in fence["body"].replace("\\\n", " ").splitlines()]
            prompted = [line[2:] for line in lines if line.startswith("$ ")]
            yield from prompted or [line for line in lines if line]


def unknown_targets(text: str, makefile: str) -> list[str]:
    """``make X`` in code of ``text`` for which the Makefile has no target X."""
    known = set(TARGET.findall(makefile))
    asked = [target for line in code_lines(text) for target in make_targets(line)]
    return [
        f"make {target} is not in the Makefile; it has {', '.join(sorted(known))}."
        for target in dict.fromkeys(asked)
        if target not in known
    ]


def code_lines(text: str) -> Iterator[str]:
    """Lines of shell blocks, and code within sentences."""
    yield from shell_lines(text)
    yield from INLINE_CODE.findall(FENCE.sub("", text))


def make_targets(line: str) -> list[str]:
    """Targets that a command line asks make for; settings and options are left out."""
    words = [word for asked in MAKE.findall(line) for word in asked.split()]
    return [word for word in words if re.fullmatch(r"[A-Za-z0-9][\w.-]*", word)]


def version_without_chapter(changelog: str, pyproject: str) -> list[str]:
    """An offence when the changelog has neither an Unreleased chapter nor one for the present version."""
    version = tomllib.loads(pyproject)["project"]["version"]
    if re.search(rf"^## \[(?:Unreleased|{re.escape(version)})\]", changelog, re.M):
        return []
    return [f"CHANGELOG.md has no chapter '## [Unreleased]' or '## [{version}]'."]
