"""Files that a shop writes by hand: read strictly, and what is wrong told in one error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from features.errors import HuitouError
from features.findings import cut, explained


class Part(BaseModel):
    """A part of such a file: only the fields that are known, and values as they are written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class FileKind:
    """What one such file is called and holds."""

    name: str
    """Its name in the folder of the shop."""
    holds: str
    """What stands in it, such as ``precedence and plans``."""
    code: str
    """The code of errors about it."""
    most_bytes: int
    """A larger file is not read."""
    check: str | None = None
    """The command that looks at it, if there is one."""
    entry: tuple[str, str] | None = None
    """The list whose entries errors tell by number and name, and what one is called: ``("rules", "rule")``."""
    repeats_values: bool = True
    """Whether errors quote what stands there; not where it may be a secret."""

    def wrong(self, what: str, value: Any = None, field: str | None = None, allowed: Any = None) -> HuitouError:
        """The error that says ``what`` is wrong, and the way out."""
        way_out = "Mend it." if self.check is None else f"Mend it, and look with: {self.check}"
        told = f"{self.name}: {what} {way_out}"
        return HuitouError(told, code=self.code, field=field, value=value, allowed=allowed, hint=self.check)


class EditedFile(Part):
    """The whole of such a file."""

    kind: ClassVar[FileKind]
    """What the file is called and holds."""

    @classmethod
    def read(cls, text: str) -> Self:
        """What ``text`` says; raises :class:`HuitouError` with the first thing that is wrong."""
        try:
            said = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise cls.kind.wrong(f"it must be JSON; {error}.") from None
        if not isinstance(said, dict):
            raise cls.kind.wrong(f"it must be a JSON object with {cls.kind.holds}.")
        try:
            # As JSON again: in it dates are text, and numbers are not truth values.
            return cls.model_validate_json(json.dumps(cls._completed(said)))
        except ValidationError as error:
            raise _told(cls.kind, error.errors(include_url=False)[0], said) from None

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """What the file in a shop's folder says, or an empty one where there is none.

        Raises :class:`HuitouError` when it cannot be read or is wrong.
        """
        try:
            with open(folder / cls.kind.name, "rb") as handle:
                data = handle.read(cls.kind.most_bytes + 1)
            text = data.decode("utf-8-sig")
        except FileNotFoundError:
            return cls.read("{}")
        except (OSError, UnicodeDecodeError) as error:
            raise cls.kind.wrong(f"it must be a file of UTF-8 text; {error}.") from None
        if len(data) > cls.kind.most_bytes:
            raise cls.kind.wrong(f"it must have at most {cls.kind.most_bytes:,} bytes; it has more.")
        return cls.read(text)

    @classmethod
    def _completed(cls, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the file says with what it takes over from elsewhere."""
        return said


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; of two values for one name nobody knows which was meant."""
    said: dict[str, Any] = {}
    for name, value in pairs:
        if name in said:
            raise ValueError(f"{cut(name)!r} stands twice in one object")
        said[name] = value
    return said


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of it")


def _told(kind: FileKind, finding: Mapping[str, Any], said: Mapping[str, Any]) -> HuitouError:
    """The error of one finding; it names the entry where it is about one."""
    place = list(finding["loc"])
    where = ""
    if kind.entry is not None and place[:1] == [kind.entry[0]] and len(place) > 1:
        where = f"{_entry_called(kind.entry[1], place[1], said[kind.entry[0]][place[1]])}: "
        place = place[2:]
    if kind.repeats_values:
        found = explained({**finding, "loc": place or ["it"]}, "this file")
        return kind.wrong(where + found.message, found.value, found.field, found.allowed)
    found = explained({**finding, "loc": place or ["it"], "input": None}, "this file")
    return kind.wrong(where + found.message.rpartition("; got ")[0] + ".", None, found.field, found.allowed)


def _entry_called(what: str, place: int, entry: Any) -> str:
    """An entry by its number from 1, and by its name where it has one."""
    name = entry.get("name") if isinstance(entry, dict) else None
    name = name.get("en") if isinstance(name, dict) else name
    return f"{what} {place + 1}" + (f" ({name!r})" if isinstance(name, str) else "")
