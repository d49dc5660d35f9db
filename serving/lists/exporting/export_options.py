"""What an export is to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from features.errors import HuitouError
from serving.lists.exporting.formats import ALL, GROUPS, format_called
from serving.lists.frozen.control_groups import CONTROL
from training.recommend.reason_texts import LANGUAGES

CONTACT_COLUMNS = ("name", "email", "phone")
"""Columns that tell how to reach somebody; they are exported only where they are named."""


@dataclass(frozen=True)
class ExportOptions:
    """What an export is to hold."""

    format: str = "csv"
    """One of ``FORMATS``."""
    columns: tuple[str, ...] = ()
    """Names of columns in the order wanted; empty for all but those of ``CONTACT_COLUMNS``."""
    groups: str | None = None
    """``treatment``, ``control`` or ``all``; None for what is usual for the format."""
    language: str | None = None
    """The language of sentences; None for that of the list."""
    as_frozen: bool = False
    """Whether also those are in it who must no longer be written to: for analysis, never for sending."""

    def checked(self, columns: Sequence[str]) -> ExportOptions:
        """These options for a list with some ``columns``, with the usual groups said.

        Raises :class:`HuitouError` for a value that is not one of those allowed.
        """
        wanted = format_called(self.format)
        groups = self.groups or wanted.groups
        _check("groups", groups, GROUPS)
        if self.language is not None:
            _check("language", self.language, LANGUAGES)
        if wanted.hashed and self.columns:
            raise HuitouError(
                f"columns cannot be chosen for {self.format}, which holds hashed addresses alone. Leave them out.",
                field="columns",
                value=list(self.columns),
            )
        if wanted.hashed and groups in (CONTROL, ALL):
            raise HuitouError(
                f"groups must be treatment for {self.format}; got {groups!r}. Who is left alone must not see it.",
                field="groups",
                value=groups,
                allowed=["treatment"],
            )
        if wanted.hashed and self.as_frozen:
            raise HuitouError(
                f"as_frozen must be left out for {self.format}: who must no longer be written to stays out of it.",
                field="as_frozen",
                value=True,
            )
        for place, column in enumerate(self.columns):
            if "," in column:
                raise HuitouError(
                    f"columns must be named one by one; got {column!r}. Write columns=place&columns=customer_id.",
                    field="columns",
                    value=column,
                )
            _check("columns", column, (*columns, *CONTACT_COLUMNS))
            if column in self.columns[:place]:
                raise HuitouError(
                    f"columns must be named once each; got {column!r} twice.", field="columns", value=column
                )
        return ExportOptions(self.format, self.columns, groups, self.language, self.as_frozen)

    @property
    def contact_columns(self) -> tuple[str, ...]:
        """The columns that tell how to reach people in plain words."""
        return tuple(column for column in self.columns if column in CONTACT_COLUMNS)

    @property
    def reads_addresses(self) -> bool:
        """Whether addresses are read for it, be it to hash them."""
        return bool(self.contact_columns) or format_called(self.format).hashed


def _check(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise HuitouError(
            f"{field} must be among {', '.join(allowed)}; got {value!r}.",
            field=field,
            value=value,
            allowed=list(allowed),
        )
