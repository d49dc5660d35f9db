"""Names of requests."""

from __future__ import annotations

import pytest

from serving.access.request_id import RequestIds


@pytest.mark.parametrize("given", [b"a", b"trace-1.2_3", b"x" * 64])
def test_a_plain_name_is_kept(given: bytes) -> None:
    """A caller's short, plain name is the request's name."""
    assert RequestIds(bytes).name(given) == given.decode()


@pytest.mark.parametrize("given", [None, b"", b"x" * 65, b"a b", b'a"', b"a\n", b"\xff", b"a\r\nx: y", b"<a>"])
def test_another_name_is_replaced(given: bytes | None) -> None:
    """What is long or odd, or not there, is replaced by a name that no other request of the process has."""
    names = RequestIds(lambda size: b"\xab" * size)
    assert [names.name(given) for _ in range(2)] == ["abababababababab-1", "abababababababab-2"]
