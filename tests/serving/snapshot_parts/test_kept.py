"""What is kept is found again, and never more than was asked for."""

from __future__ import annotations

from serving.snapshot_parts.kept import Kept


def test_it_does_not_grow_for_ever() -> None:
    """A value is given back; one more than there is room for, and only the new one is there."""
    kept = Kept[bytes](2)
    assert kept.keep("a", b"1") == b"1"
    kept.keep(("b", 2), b"2")
    assert (kept.get("a"), kept.get(("b", 2)), kept.get("c")) == (b"1", b"2", None)
    kept.keep("c", b"3")
    assert dict(kept) == {"c": b"3"}


def test_a_value_is_made_once() -> None:
    """What is there is not made again, even where it is nothing."""
    kept, made = Kept[bytes | None](2), iter([None, b"again"])
    assert [kept.once("a", lambda: next(made)) for _ in range(2)] == [None, None]
    assert kept.once("b", lambda: next(made)) == b"again"
