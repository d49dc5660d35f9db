"""What becomes of a column when it is read: typed values, and for each value that was not taken, why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Fault:
    """One way in which a value can be wrong."""

    reason: str
    """A few stable words to count by, after the field's name: ``missing``, ``not a number``, ..."""
    rule: str
    """What the field must be, after the field's name."""
    hint: str = ""
    """What to do about it, a whole sentence; ``{iso}`` stands for the value as an ISO-8601 time in UTC."""


@dataclass(frozen=True)
class Parsed:
    """A column after reading."""

    values: pa.Array
    """Typed values, null where there was nothing or the value was not taken; shape ``(n,)``."""
    codes: np.ndarray
    """0 where all is well, otherwise 1 + the position in ``faults``; shape ``(n,)``, int8."""
    faults: tuple[Fault, ...] = ()
    """The ways in which values of this column can be wrong."""

    def spread(self, indices: pa.Array) -> Parsed:
        """The same for ``values[i]`` at each index ``i``; null indices give null without a fault."""
        at = indices.fill_null(0).to_numpy(zero_copy_only=False)
        codes = self.codes[at] if len(self.codes) else np.zeros(len(at), np.int8)
        if indices.null_count:
            codes = np.where(indices.is_valid().to_numpy(zero_copy_only=False), codes, 0)
        return Parsed(self.values.take(indices), codes, self.faults)


def judged(values: pa.Array, wrong: tuple[tuple[Fault, np.ndarray], ...]) -> Parsed:
    """Values with the first fault whose mask (bool, shape ``(n,)``) is true; faulty values become null."""
    codes = np.zeros(len(values), np.int8)
    for number, (_, mask) in enumerate(wrong, start=1):
        codes[mask & (codes == 0)] = number
    if codes.any():
        values = pc.if_else(pa.array(codes == 0), values, pa.scalar(None, values.type))
    return Parsed(values, codes, tuple(fault for fault, _ in wrong))


def mask_of(flags: pa.Array) -> np.ndarray:
    """An Arrow bool column as numpy, null as false."""
    filled: np.ndarray = flags.fill_null(False).to_numpy(zero_copy_only=False)
    return filled
