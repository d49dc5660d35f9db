"""What a Python file imports and which imported names it uses, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Imported:
    """One imported module."""

    module: str
    """Full dotted name."""
    line: int
    """Where, counted from 1."""

    @property
    def library(self) -> str:
        """The first part of the name."""
        return self.module.partition(".")[0]


def imports(tree: ast.Module, path: str) -> Iterator[Imported]:
    """Every import in the file at ``path``: at the top, inside a function, or by a name given as text."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Call)):
            yield from (Imported(module, node.lineno) for module in imported_modules(node, path))


def imported_modules(node: ast.AST, path: str) -> list[str]:
    """Modules that one node of the tree imports; relative names are completed from ``path``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [complete(node, path)]
    if isinstance(node, ast.Call) and last_name(node.func) in {"import_module", "__import__"}:
        return [str(value.value) for value in node.args[:1] if isinstance(value, ast.Constant)]
    return []


def complete(node: ast.ImportFrom, path: str) -> str:
    """The full name of the module in ``from ... import``, also when it begins with dots."""
    module = node.module or ""
    if not node.level:
        return module
    folders = PurePosixPath(path).parts[: -node.level]
    return ".".join([*folders, module]).rstrip(".")


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c`` or of ``c``; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted_names(tree: ast.Module) -> Iterator[tuple[int, str, ast.Call | None]]:
    """Line, full name, and call if it is called, of every use of something imported.

    The full name is the one at its origin: after ``import numpy as np``, ``np.random.rand`` is
    ``numpy.random.rand``. Names that the file makes itself are left out.
    """
    origins = origin_of_names(tree)
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and (name := full_name(node, origins)):
            yield node.lineno, name, calls.get(id(node))


def full_name(node: ast.expr, origins: dict[str, str]) -> str:
    """The name at its origin of ``a`` or ``a.b.c``; empty when ``a`` was not imported."""
    if isinstance(node, ast.Name):
        return origins.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = full_name(node.value, origins)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def origin_of_names(tree: ast.Module) -> dict[str, str]:
    """For each name that an import makes in the file, what it stands for."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origins.update({alias.asname or top(alias.name): whole_or_top(alias) for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and not node.level:
            origins.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return origins


def top(module: str) -> str:
    """The first part of a dotted name."""
    return module.partition(".")[0]


def whole_or_top(alias: ast.alias) -> str:
    """``import a.b`` makes ``a``; ``import a.b as c`` makes ``c``, which is ``a.b``."""
    return alias.name if alias.asname else top(alias.name)
