"""The one error that people see."""

from __future__ import annotations

from typing import Any


class HuitouError(ValueError):
    """A mistake that its maker can mend: the message says rule, value, what is allowed and the next step.

    The parts are kept apart as well, in the shape that the API answers with.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "invalid",
        field: str | None = None,
        value: Any = None,
        allowed: Any = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.value = value
        self.allowed = allowed
        self.hint = hint

    def as_dict(self) -> dict[str, Any]:
        """The error as the API's one shape, ``{"code", "message", "field", "value", "allowed", "hint"}``."""
        names = ("code", "message", "field", "value", "allowed", "hint")
        return {name: getattr(self, name) for name in names}
