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
