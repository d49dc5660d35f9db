"""Tables as files: what was saved is opened again as it was, mapped read-only, or the reader says what is broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.errors import HuitouError
from tests.small_shop import items, moment
from training.recommend.counted.table_files import open_table, save_table


@dataclass(frozen=True)
class Inner:
    """A table inside another."""

    score: Floats
    """Any numbers."""
    name: str
    """Any text."""


@dataclass(frozen=True)
class Other:
    """Another table."""

    score: Floats
    """Any numbers."""


@dataclass(frozen=True)
class Everything:
    """A table with a field of every kind."""

    numbers: Ints
    cube: Floats
    flags: np.ndarray
    nothing: Floats
    nothing_wide: Floats
    matrix: sparse.csr_matrix
    no_entries: sparse.csr_matrix
    no_rows: sparse.csr_matrix
    texts: pa.Array
    no_texts: pa.Array
    moment: datetime
    inner: Inner
    by_name: Mapping[str, sparse.csr_matrix]
    no_names: Mapping[str, Floats]
    count: int
    share: float
    missing: float
    certain: bool
    word: str
    absent: str | None
    words: tuple[str, ...]


def everything() -> Everything:
    rng = np.random.default_rng(1)
    return Everything(
        numbers=np.arange(500, dtype=np.int32),
        cube=rng.random((3, 40, 5)),
        flags=rng.random(300) < 0.5,
        nothing=np.zeros(0),
        nothing_wide=np.zeros((0, 7), dtype=np.float32),
        matrix=sparse.csr_matrix(rng.random((30, 20)) * (rng.random((30, 20)) < 0.3), dtype=np.float32),
        no_entries=sparse.csr_matrix(np.zeros((4, 5), dtype=np.float32)),
        no_rows=sparse.csr_matrix(np.zeros((0, 5), dtype=np.float32)),
        texts=pa.array(["苹果 'a'", None, "../b", ""]),
        no_texts=pa.array([], pa.string()),
        moment=moment("2025-03-01T10:00:00.000001+08:00"),
        inner=Inner(rng.random(200), "tea"),
        by_name={"one": sparse.csr_matrix(np.eye(60)), "two": sparse.csr_matrix(np.zeros((2, 2)))},
        no_names={},
        count=-3,
        share=0.1,
        missing=float("nan"),
        certain=True,
        word='quo"te 茶',
        absent=None,
        words=("b", "a"),
    )


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the bit, entries and types alike."""
    match one:
        case np.ndarray():
            return one.dtype == other.dtype and np.array_equal(one, other)
        case sparse.csr_matrix():
            parts = ("data", "indices", "indptr")
            return one.shape == other.shape and all(same(getattr(one, part), getattr(other, part)) for part in parts)
        case pa.Array():
            return one.to_pylist() == other.to_pylist()
        case dict():
            return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, entry.name), getattr(other, entry.name)) for entry in fields(one)
        )
    return repr(one) == repr(other)


def arrays(opened: Everything) -> list[np.ndarray]:
    """All arrays of an opened table that have entries enough to be mapped."""
    matrix = opened.by_name["one"]
    return [opened.numbers, opened.cube, opened.flags, opened.inner.score, matrix.data, matrix.indices, matrix.indptr]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with everything in it."""
    save_table(everything(), tmp_path / "new" / "folder")
    return tmp_path / "new" / "folder"


@pytest.mark.parametrize("name", [entry.name for entry in fields(Everything)])
def test_every_kind_of_field(saved: Path, name: str) -> None:
    """What was saved is opened with the same type, numbers and order."""
    assert same(getattr(everything(), name), getattr(open_table(Everything, saved), name))


def test_maps_are_read_only(saved: Path) -> None:
    """Arrays lie in the file until they are looked at, and nobody can write to them."""
    for array in arrays(open_table(Everything, saved)):
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 1


def test_nothing_is_copied(saved: Path) -> None:
    """The numbers of an opened table are those of the file: a map of it, not a copy in memory."""
    opened = open_table(Everything, saved)
    file = saved / "by_name" / "one.data.npy"
    with file.open("r+b") as raw:
        raw.seek(-8, 2)
        raw.write(np.float64(7).tobytes())
    assert opened.by_name["one"].data[-1] == 7


def test_an_opened_table_can_be_saved(saved: Path, tmp_path: Path) -> None:
    """Saved again from its maps it is the same once more."""
    save_table(open_table(Everything, saved), tmp_path / "again")
    assert same(open_table(Everything, saved), open_table(Everything, tmp_path / "again"))


def test_a_catalogue_knows_its_items(tmp_path: Path) -> None:
    """An opened catalogue gives the codes and labels that it gave before, for ids as events bring them."""
    described = items(("tea", "drinks", "5.00", {"title": "Green tea"}), ("cup", None, None))
    known = Catalogue.before(described, pa.array(["a/b", "苹果"]))
    save_table(known, tmp_path)
    opened = open_table(Catalogue, tmp_path)
    asked = pa.array(["苹果", "no such", "tea", "cup"])
    assert opened.codes(asked).tolist() == known.codes(asked).tolist()
    assert opened.codes(pa.chunked_array([asked, asked])).tolist() == [*known.codes(asked)] * 2
    assert [opened.label(code) for code in range(4)] == [known.label(code) for code in range(4)]
    assert len(opened) == 4
    nothing = Catalogue.before(items(), pa.array([], pa.string()))
    save_table(nothing, tmp_path / "empty")
    assert open_table(Catalogue, tmp_path / "empty").codes(asked).tolist() == [-1] * 4


def test_fields_can_be_left_out(tmp_path: Path) -> None:
    """A field that is left out is not written; without a default the table is then incomplete."""
    save_table(Inner(np.zeros(3), "tea"), tmp_path, without=("score",))
    assert [file.name for file in tmp_path.iterdir()] == ["table.json"]
    with pytest.raises(
        HuitouError, match=r"cannot be read \(another version of Huitou made it, without score\)\. Publish"
    ):
        open_table(Inner, tmp_path)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({1, 2}, "set"),
        ([1, 2], "list"),
        (object(), "object"),
        (sparse.csc_matrix(np.zeros((2, 2))), "csc_matrix"),
        (np.int64(3), "int64"),
        (print, "builtin_function_or_method"),
    ],
)
def test_a_type_that_is_not_allowed(tmp_path: Path, value: Any, named: str) -> None:
    """A field of any other type is refused, by the field's name."""
    with pytest.raises(TypeError, match=f"^a table holds arrays, matrices, numbers and texts; score is {named}$"):
        save_table(Inner(value, "tea"), tmp_path)


def test_objects_are_not_pickled(tmp_path: Path) -> None:
    """An array of Python objects is refused when it is saved, and one that something else has written is not read."""
    with pytest.raises(
        TypeError, match="^a table holds arrays, matrices, numbers and texts; score is array of objects$"
    ):
        save_table(Inner(np.array([{}, print]), "tea"), tmp_path / "refused")
    save_table(Inner(np.zeros(3), "tea"), tmp_path)
    np.save(tmp_path / "score.npy", np.array([{}] * 99), allow_pickle=True)
    with pytest.raises(HuitouError, match="cannot be read"):
        open_table(Inner, tmp_path)


FILES = (
    "table.json",
    "cube.npy",
    "nothing.npy",
    "matrix.indices.npy",
    "texts.arrow",
    "no_texts.arrow",
    "inner/table.json",
    "inner/score.npy",
    "by_name/two.indptr.npy",
)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(saved: Path, name: str) -> None:
    """Whatever is missing, the table cannot be opened, and the reason names a folder and a way out."""
    (saved / name).unlink()
    with pytest.raises(HuitouError) as told:
        open_table(Everything, saved)
    assert told.value.message.startswith(f"a table must be a folder as Huitou saved it; {saved}")
    assert told.value.message.endswith("). Publish again.")
    assert told.value.code == "broken_table"


@pytest.mark.parametrize("share", [0.0, 0.4, 0.95])
@pytest.mark.parametrize("name", FILES)
def test_a_cut_off_file(saved: Path, name: str, share: float) -> None:
    """A file of which only the beginning is there is found out when the table is opened."""
    whole = (saved / name).read_bytes()
    (saved / name).write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(HuitouError, match="cannot be read"):
        open_table(Everything, saved)


@pytest.mark.parametrize(
    "text", ["[]", "3", '{"score": 1}', '{"score": {"is": "array"}}', '{"score": {}}', '{"another": {"is": "array"}}']
)
def test_other_json(saved: Path, text: str) -> None:
    """JSON that is not what was saved is found out as well."""
    (saved / "inner" / "table.json").write_text(text)
    with pytest.raises(HuitouError, match="cannot be read"):
        open_table(Everything, saved)


def test_another_table(saved: Path) -> None:
    """A folder of another type of table is not taken for this one."""
    with pytest.raises(HuitouError, match="cannot be read"):
        open_table(Inner, saved)


def test_fields_of_an_older_huitou_are_passed_over(saved: Path) -> None:
    """A table that has lost a field since it was saved is still read."""
    whole, less = open_table(Inner, saved / "inner"), open_table(Other, saved / "inner")
    np.testing.assert_array_equal(less.score, whole.score)


def test_a_matrix_whose_files_disagree(saved: Path) -> None:
    """Files of two different matrices do not make one."""
    np.save(saved / "matrix.indices.npy", np.zeros(3, dtype=np.int32))
    with pytest.raises(HuitouError, match="cannot be read"):
        open_table(Everything, saved)
