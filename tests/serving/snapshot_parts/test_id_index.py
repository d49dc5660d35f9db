"""Looking up ids: any text is found again, and equal hashes are told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.snapshot_parts import id_index
from serving.snapshot_parts.id_index import NO_ROW, IdIndex, IdIndexWriter

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def index_of(folder: Path, ids: list[str]) -> IdIndex:
    """The ids written to ``folder`` in two blocks, and opened."""
    writer = IdIndexWriter(folder, "thing")
    writer.add(ids[:3])
    writer.add(ids[3:])
    writer.sort()
    return IdIndex(folder, "thing")


@given(ids=st.lists(TEXTS, unique=True), other=TEXTS)
def test_every_id_is_found(tmp_path_factory: pytest.TempPathFactory, ids: list[str], other: str) -> None:
    """Each id has its own row, the row has its id, and another id has none."""
    index = index_of(tmp_path_factory.mktemp("index"), ids)
    assert [index.row(identity) for identity in ids] == list(range(len(ids)))
    assert [index.id(row) for row in range(len(ids))] == ids
    assert (other in index) == (other in ids)


def test_equal_hashes_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids of one hash are verified by their text, also one that is not there."""
    monkeypatch.setattr(id_index, "key_of", lambda text: 7)
    index = index_of(tmp_path, ["a", "b", "c", "d"])
    assert [index.row(identity) for identity in "dcba"] == [3, 2, 1, 0]
    assert index.row("e") == NO_ROW


def test_an_id_twice_is_refused(tmp_path: Path) -> None:
    """The error names the id."""
    with pytest.raises(HuitouError, match=r"^a snapshot holds each thing once; got 'x' twice\."):
        index_of(tmp_path, ["x", "y", "z", "x"])


def test_half_a_character_is_not_found(tmp_path: Path) -> None:
    """Text that UTF-8 cannot hold is an id that nobody has."""
    assert index_of(tmp_path, ["a"]).row("\ud800") == NO_ROW


def test_known_ids_keep_their_order(tmp_path: Path) -> None:
    """Rows come in the order of the question, without the ids that are not there."""
    index = index_of(tmp_path, ["a", "b", "c"])
    assert index.rows(["c", "nobody", "a"]).tolist() == [2, 0]


def test_rows_by_keys(tmp_path: Path) -> None:
    """Rows are found by the keys of their ids, many at once; keys that are not there are left out."""
    writer = IdIndexWriter(tmp_path, "customer")
    writer.add(["a", "b", "苹果"])
    writer.sort()
    index = IdIndex(tmp_path, "customer")
    keys = index.keys()
    wanted = np.array([keys[2], 3, keys[0], 2**64 - 1], dtype=np.uint64)
    assert index.rows_of_keys(wanted).tolist() == [2, 0]
    empty = IdIndexWriter(tmp_path, "nobody")
    empty.sort()
    assert IdIndex(tmp_path, "nobody").rows_of_keys(wanted).tolist() == []
