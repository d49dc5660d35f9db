"""Arrow without pandas, for processes that must stay small."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NotFound(MetaPathFinder):
    """Finds everything but pandas."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing; raises for pandas."""
        if fullname == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name="pandas")
        return None


def arrow_without_pandas() -> None:
    """Let Arrow look for pandas now, once and for all, and find none.

    The first ``pyarrow.array`` of a process imports pandas, to see whether it was given a series: 35 MB and 0.2 s that
    no answer of the service needs. Others may still import pandas afterwards.
    """
    import pyarrow as pa

    hiding = _NotFound()
    sys.meta_path.insert(0, hiding)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(hiding)
