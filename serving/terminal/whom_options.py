"""Options that say whom is meant: filters and the parameters of templates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from features.errors import HuitouError


def read_filter(said: str) -> dict[str, Any]:
    """A filter that is JSON itself, or stands in the file that is named; ``@`` before the name changes nothing.

    Raises :class:`HuitouError` when there is no such file, or it is no JSON object.
    """
    text = said if said.lstrip().startswith(("{", "[")) else _text(said.removeprefix("@"))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"{error}", said) from None
    if not isinstance(found, dict):
        raise _wrong("it is another kind of JSON than an object", said)
    return found


def read_parameters(said: Sequence[str]) -> dict[str, Any]:
    """Parameters such as ``within_days=14``; what reads as a number is one."""
    found: dict[str, Any] = {}
    for each in said:
        name, equals, text = each.partition("=")
        if not (name.strip() and equals):
            raise HuitouError(
                f"--parameter must be written as name=value; got {each!r}. Write for example within_days=14.",
                field="parameter",
                value=each,
            )
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        found[name.strip()] = value if isinstance(value, int | float) and not isinstance(value, bool) else text
    return found


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise _wrong(f"{getattr(error, 'strerror', None) or 'no file of UTF-8 text'}: {name}", name) from None


def _wrong(what: str, said: str) -> HuitouError:
    return HuitouError(
        f"--filter must be a JSON object, or the name of a file with one; {what}. "
        'Write for example --filter \'{"field": "layer", "is": "lost"}\'.',
        field="filter",
        value=said[:200],
    )
