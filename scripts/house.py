"""The rules of the house that no other tool knows, as functions from a folder to its offences.

Each rule takes the root of a project and returns one sentence per offence, ``path:line: what is wrong``.
``tests/test_house.py`` runs them all on Huitou and shows that each one catches a planted offence.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from pathlib import Path

from scripts.imports import Imported, dotted_names, imports

PACKAGES = ("features", "training", "serving")
DOOR = "huitou.py"
OURS = (*PACKAGES, DOOR, "benchmarks", "scripts", "tests")
LONGEST_FILE_LINES = 300

NOT_IMPORTED = ("benchmarks", "notebooks", "tests", "scripts")
"""Folders that may import anything and that no package may import."""
FORBIDDEN = {
    "features": ("training", "serving", "huitou", *NOT_IMPORTED),
    "training": ("serving", "huitou", *NOT_IMPORTED),
    "serving": ("huitou", *NOT_IMPORTED),
    DOOR: NOT_IMPORTED,
}
"""For each package what it must not import, so that imports run one way."""

HOMES = {
    "mlflow": ("training/registry.py",),
    "deltalake": ("features/events/warehouse.py",),
    "ibis": ("features/shop/numbers/",),
    "pyspark": ("features/events/engine.py",),
    "sqlalchemy": ("serving/database/",),
    "alembic": ("serving/database/",),
    "fastapi": ("serving/api/",),
    "starlette": ("serving/api/",),
    "uvicorn": ("serving/", DOOR),
}
"""Where each engine lives; to change it, one looks in one place."""

EMPTY_WORDS = frozenset({"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"})
"""Words in a file's name that do not say what is in it."""
CODE_CARRIERS = frozenset({"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"})
"""Libraries whose files run code when they are read."""
CLOCKS = frozenset(
    {
        *(f"datetime.datetime.{call}" for call in ("now", "today", "utcnow")),
        "datetime.date.today",
        *(f"time.{call}" for call in ("time", "time_ns", "localtime", "gmtime")),
        *(f"pandas.Timestamp.{call}" for call in ("now", "today", "utcnow")),
    }
)
"""What reads the clock; ``time.perf_counter`` measures and is allowed."""
SEEDED = frozenset(
    {
        "random.Random",
        *(f"numpy.random.{maker}" for maker in ("default_rng", "SeedSequence", "PCG64", "Philox")),
    }
)
"""Randomness that repeats when, and only when, it is given a seed."""
SEEDED_TYPES = frozenset({"numpy.random.Generator", "numpy.random.BitGenerator"})
"""Names in ``numpy.random`` that draw nothing by themselves."""
UNREAL = frozenset(
    {
        *(f"pytest.{call}" for call in ("skip", "importorskip", "xfail")),
        *(f"pytest.mark.{mark}" for mark in ("skip", "skipif", "xfail")),
        "time.sleep",
        "asyncio.sleep",
        *(f"time.{call}" for call in ("perf_counter", "monotonic", "process_time")),
    }
)
"""What a test must not use: it would prove nothing, or prove it by chance."""
UNSEEDED = ("numpy.random.", "random.", "secrets.", "uuid.uuid1", "uuid.uuid4", "os.urandom")
"""Beginnings of names that draw from randomness nobody can repeat."""


def import_direction(root: Path) -> list[str]:
    """Imports that run against ``features <- training <- serving``, or into what nothing may import."""
    return [
        f"{path}:{found.line}: {owner} must not import {found.module}; "
        "imports run features <- training <- serving. Move the code, or pass it in."
        for owner, forbidden in FORBIDDEN.items()
        for path, tree in trees(root, (owner,), set(forbidden))
        for found in imports(tree, path)
        if found.library in forbidden
    ]


def one_home(root: Path) -> list[str]:
    """Imports of an engine outside its home."""
    return [
        f"{path}:{found.line}: {found.library} may be imported only in {' and '.join(HOMES[found.library])}."
        for path, found in package_imports(root, set(HOMES))
        if found.library in HOMES and not path.startswith(HOMES[found.library])
    ]


def file_length(root: Path) -> list[str]:
    """Files longer than one sitting."""
    lengths = {path: len(text.splitlines()) for path, text in sources(root, OURS)}
    return [
        f"{path}: {length} lines; a file has at most {LONGEST_FILE_LINES}. Split it by noun."
        for path, length in lengths.items()
        if length > LONGEST_FILE_LINES
    ]


def telling_names(root: Path) -> list[str]:
    """Files and folders whose name does not say what is in them."""
    return [
        f"{path}: '{word}' does not say what is in it. Name it after its noun."
        for path, _ in sources(root, OURS)
        for word in sorted(words_of(path) & EMPTY_WORDS)
    ]


def no_pickle(root: Path) -> list[str]:
    """Ways by which a file that is read could run code."""
    imported = [
        f"{path}:{found.line}: {found.library} reads files that run code. Write JSON, arrays or model text."
        for path, found in package_imports(root, CODE_CARRIERS)
        if found.library in CODE_CARRIERS
    ]
    called = [
        f"{path}:{line}: {what} reads or writes pickles. Write JSON, arrays or model text."
        for path, tree in trees(root, (*PACKAGES, DOOR), {"pickle"})
        for line, what in pickle_calls(tree)
    ]
    return imported + called


def no_assert(root: Path) -> list[str]:
    """``assert`` in a package: it vanishes under ``python -O`` and tells a person nothing."""
    return [
        f"{path}:{node.lineno}: assert is for tests. Raise HuitouError with what to do."
        for path, tree in trees(root, (*PACKAGES, DOOR), {"assert"})
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]


def no_clock(root: Path) -> list[str]:
    """The clock read inside features or training, where every moment comes in as an argument."""
    return [
        f"{path}:{line}: {name} reads the clock. Take the moment as an argument."
        for path, tree in trees(root, ("features", "training"))
        for line, name, _ in dotted_names(tree)
        if name in CLOCKS
    ]


def no_unseeded_randomness(root: Path) -> list[str]:
    """Randomness without a seed inside features or training."""
    return [
        f"{path}:{line}: {name} cannot be repeated. Take a seed or a numpy Generator as an argument."
        for path, tree in trees(root, ("features", "training"), {"random", "secrets", "uuid"})
        for line, name, call in dotted_names(tree)
        if is_unseeded(name, call)
    ]


def told_tests(root: Path) -> list[str]:
    """Tests without the sentence of behaviour that they prove."""
    return [
        f"{path}:{node.lineno}: {node.name} needs a docstring: one sentence of the behaviour it proves."
        for path, tree in trees(root, ("tests",))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]


def real_tests(root: Path) -> list[str]:
    """Tests that sleep, measure time, are skipped, may fail, or prove something about a mock."""
    return [
        f"{path}:{line}: {name} has no place in a test. Use the real thing in small."
        for path, tree in trees(root, ("tests",), {"mock", *(name.rpartition(".")[2] for name in UNREAL)})
        for line, name, _ in dotted_names(tree)
        if name in UNREAL or name.startswith("unittest.mock.")
    ]


RULES = (
    import_direction,
    one_home,
    file_length,
    telling_names,
    no_pickle,
    no_assert,
    no_clock,
    no_unseeded_randomness,
    told_tests,
    real_tests,
)


def is_unseeded(name: str, call: ast.Call | None) -> bool:
    """Whether the use of ``name``, called as ``call`` (None: only mentioned), draws without a seed."""
    if name in SEEDED:
        return call is not None and not has_seed(call)
    return name.startswith(UNSEEDED) and name not in SEEDED_TYPES


def has_seed(call: ast.Call) -> bool:
    """Whether a call has a first or named argument other than None."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(not (isinstance(value, ast.Constant) and value.value is None) for value in given)


def pickle_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of calls that let pickles in: ``allow_pickle=True``, ``read_pickle``, ``to_pickle``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"read_pickle", "to_pickle"}:
            yield node.lineno, node.attr
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not is_false(node.value):
            yield node.lineno, node.arg


def is_false(node: ast.expr) -> bool:
    """Whether ``node`` is the word False."""
    return isinstance(node, ast.Constant) and node.value is False


def words_of(path: str) -> set[str]:
    """Words that the folders and the file of ``path`` are named by."""
    return {word for part in Path(path).with_suffix("").parts for word in part.lower().split("_")}


def package_imports(root: Path, libraries: Set[str]) -> Iterator[tuple[str, Imported]]:
    """Path and import for every import of the packages' files that name one of ``libraries``."""
    for path, tree in trees(root, (*PACKAGES, DOOR), libraries):
        for found in imports(tree, path):
            yield path, found


def trees(root: Path, owners: tuple[str, ...], words: Set[str] = frozenset()) -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax tree of every Python file of the owners; of those with one of ``words`` in it, if there are any.

    To go through a tree takes a hundred times as long as to look for a word.
    """
    for path, text in sources(root, owners):
        if not words or any(word in text for word in words):
            yield path, ast.parse(text, filename=path)


def sources(root: Path, owners: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Path from ``root`` (with forward slashes) and text of every Python file of the owners, in order."""
    for owner in owners:
        place = root / owner
        files = [place] if place.is_file() else sorted(place.rglob("*.py"))
        for file in files:
            yield file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
