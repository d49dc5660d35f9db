"""The verdict on a challenger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.errors import HuitouError


@dataclass(frozen=True)
class Gate:
    """Whether a challenger may become the champion, and why; printed and stored with its version."""

    passed: bool
    """True when every rule was met."""
    reasons: tuple[str, ...]
    """One sentence for each rule: what it is, the figure, and what was needed."""

    @property
    def verdict(self) -> str:
        """``passed`` or ``refused``."""
        return "passed" if self.passed else "refused"

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain JSON values, ``{"passed": bool, "reasons": [str, ...]}``."""
        return {"passed": self.passed, "reasons": list(self.reasons)}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Gate:
        """The verdict that :meth:`as_dict` wrote; raises :class:`HuitouError` for anything else."""
        passed, reasons = said.get("passed"), said.get("reasons")
        if not isinstance(passed, bool):
            raise HuitouError(
                f"passed must be true or false; got {passed!r}. Train again to get a verdict.",
                field="passed",
                value=passed,
                allowed=[True, False],
            )
        if not isinstance(reasons, list | tuple) or not all(isinstance(reason, str) for reason in reasons):
            raise HuitouError(
                f"reasons must be a list of sentences; got {reasons!r}. Train again to get a verdict.",
                field="reasons",
                value=reasons,
            )
        return cls(passed=passed, reasons=tuple(reasons))
