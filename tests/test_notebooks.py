"""Notebooks tell a story with the packages: they run, define nothing and are committed without outputs."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def code_cells(notebook: Path) -> list[nbformat.NotebookNode]:
    """The code cells of a notebook."""
    read = nbformat.read(notebook, as_version=4)
    nbformat.validate(read)
    return [cell for cell in read.cells if cell.cell_type == "code"]


def offences(cells: list[nbformat.NotebookNode]) -> list[str]:
    """What a committed notebook must not hold: outputs, run numbers, definitions of functions or classes."""
    found = []
    for number, cell in enumerate(cells):
        if cell.outputs or cell.execution_count is not None:
            found.append(f"cell {number} holds an output")
        defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        nodes = ast.walk(ast.parse(cell.source))
        found += [f"cell {number} defines {node.name}" for node in nodes if isinstance(node, defined)]
    return found


def test_there_are_notebooks() -> None:
    """The folder is not empty, so the tests below look at something."""
    assert [notebook.name for notebook in NOTEBOOKS] == ["first_look.ipynb"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_notebooks_define_nothing_and_hold_no_outputs(notebook: Path) -> None:
    """What is worth a function is in the packages; outputs are made by whoever runs it."""
    assert offences(code_cells(notebook)) == []


def test_planted_offences_are_found() -> None:
    """The check above sees a definition and an output."""
    defining = nbformat.v4.new_code_cell("def f():\n    return 1")
    printed = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="1")])
    assert offences([defining, printed]) == ["cell 0 defines f", "cell 1 holds an output"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_notebooks_run(notebook: Path) -> None:
    """Every cell runs, charts come out, and no output would load anything from outside."""
    read = nbformat.read(notebook, as_version=4)
    client = NotebookClient(read, timeout=120, resources={"metadata": {"path": str(notebook.parent.parent)}})
    client.execute()
    outputs = [output for cell in read.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert {"image/svg+xml", "text/html"} <= kinds
    assert "https://" not in "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)
