"""Counted tables as plain files: arrays that are mapped into memory, numbers and texts as JSON, ids as Arrow.

A table is a dataclass; each field that is an array becomes one ``.npy`` file named after it, a sparse matrix three, a
nested dataclass a folder. Nothing is pickled.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_type_hints

import numpy as np
import pyarrow as pa
import scipy.sparse as sparse

from features.errors import HuitouError

T = TypeVar("T")

_SAID = "table.json"


def save_table(table: Any, folder: Path, *, without: Sequence[str] = ()) -> None:
    """Write ``table`` below ``folder``, but for the fields of some names.

    Raises ``TypeError`` for a field that is none of the kinds above.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {}
    for name in (entry.name for entry in fields(table) if entry.name not in without):
        _save(name, getattr(table, name), folder, said)
    (folder / _SAID).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def open_table(kind: type[T], folder: Path) -> T:
    """The table of type ``kind`` that was saved in ``folder``, its arrays mapped read-only.

    What an older Huitou saved beside the fields of today is passed over.
    Raises :class:`HuitouError` when something is missing or is not what was saved.
    """
    try:
        said = json.loads((folder / _SAID).read_text(encoding="utf-8"))
        hints = get_type_hints(kind)
        known = {name: value for name, value in said.items() if name in hints}
        lacking = [name for name, given in inspect.signature(kind).parameters.items() if given.default is given.empty]
        if unsaid := [name for name in lacking if name not in known]:
            raise ValueError(f"another version of Huitou made it, without {', '.join(unsaid)}")
        return kind(**{name: _open(name, hints[name], value, folder) for name, value in known.items()})
    except HuitouError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise HuitouError(
            f"a table must be a folder as Huitou saved it; {folder} cannot be read ({error}). Publish again.",
            code="broken_table",
            field="table",
            value=str(folder),
        ) from None


def _save(name: str, value: Any, folder: Path, said: dict[str, Any]) -> None:
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        np.save(folder / f"{name}.npy", value, allow_pickle=False)
        said[name] = {"is": "array"}
    elif isinstance(value, sparse.csr_matrix):
        _save_matrix(name, value, folder)
        said[name] = {"is": "matrix", "shape": list(value.shape)}
    elif isinstance(value, pa.Array):
        _save_column(folder / f"{name}.arrow", value)
        said[name] = {"is": "column"}
    elif isinstance(value, datetime):
        said[name] = {"is": "moment", "value": value.isoformat()}
    elif is_dataclass(value):
        save_table(value, folder / name)
        said[name] = {"is": "table"}
    elif isinstance(value, Mapping):
        inner: dict[str, Any] = {}
        (folder / name).mkdir(exist_ok=True)
        for key, held in value.items():
            _save(key, held, folder / name, inner)
        said[name] = {"is": "mapping", "value": inner}
    elif value is None or isinstance(value, (bool, int, float, str, tuple)):
        said[name] = {"is": "value", "value": value}
    else:
        named = "array of objects" if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(f"a table holds arrays, matrices, numbers and texts; {name} is {named}")


def _open(name: str, kind: Any, said: Mapping[str, Any], folder: Path) -> Any:
    match said["is"]:
        case "array":
            return _mapped(folder / f"{name}.npy")
        case "matrix":
            return _matrix(name, tuple(said["shape"]), folder)
        case "column":
            return pa.ipc.open_file(pa.memory_map(str(folder / f"{name}.arrow"))).get_batch(0).column(0)
        case "moment":
            return datetime.fromisoformat(said["value"])
        case "table":
            return open_table(kind, folder / name)
        case "mapping":
            return {key: _open(key, None, inner, folder / name) for key, inner in said["value"].items()}
        case _:
            value = said["value"]
            return tuple(value) if isinstance(value, list) else value


def _mapped(file: Path) -> np.ndarray:
    # An array without entries cannot be mapped.
    mode: Literal["r"] | None = "r" if file.stat().st_size > 128 else None
    # A plain view: numpy's memmap class costs a microsecond for each slice.
    found: np.ndarray = np.load(file, mmap_mode=mode, allow_pickle=False)
    return found.view(np.ndarray)


def _save_matrix(name: str, matrix: sparse.csr_matrix, folder: Path) -> None:
    np.save(folder / f"{name}.data.npy", matrix.data, allow_pickle=False)
    np.save(folder / f"{name}.indices.npy", matrix.indices, allow_pickle=False)
    np.save(folder / f"{name}.indptr.npy", matrix.indptr, allow_pickle=False)


def _matrix(name: str, shape: tuple[int, int], folder: Path) -> sparse.csr_matrix:
    # Indices of 32 bits are taken as they lie in the map: nothing is read until a row is asked for.
    parts = tuple(_mapped(folder / f"{name}.{part}.npy") for part in ("data", "indices", "indptr"))
    return sparse.csr_matrix(parts, shape=shape, copy=False)


def _save_column(file: Path, column: pa.Array) -> None:
    wide = column.cast(pa.large_string()) if pa.types.is_string(column.type) else column
    batch = pa.record_batch({"value": wide})
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
