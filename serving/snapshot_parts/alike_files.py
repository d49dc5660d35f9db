"""Where every customer of a snapshot stands among the others: coordinates as memory maps, and the clusters."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from features.arrays import Floats, Ints
from serving.snapshot_parts.array_file import ArrayWriter, broken, mapped
from training.customers.alike.alike import FILE, Alike, Placed
from training.customers.alike.similar import Nearest, half_squares, nearest

_FOLDER = "alike"


class AlikeWriter:
    """Writes where customers stand, block by block."""

    def __init__(self, folder: Path, alike: Alike) -> None:
        """Begin the files in ``folder``; ``alike`` says how customers are compared."""
        place = folder / _FOLDER
        alike.save(place)
        self._vectors = ArrayWriter(place / "vectors.npy", np.float32, len(alike.space.names))
        self._half_squares = ArrayWriter(place / "half_squares.npy", np.float32)

    def add(self, placed: Placed) -> None:
        """Add the next customers."""
        self._vectors.append(placed.vectors)
        self._half_squares.append(np.where(placed.compared, half_squares(placed.vectors), np.float32(np.inf)))

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        self._vectors.close()
        self._half_squares.close()


class AlikeFiles:
    """Where the customers of one snapshot stand."""

    def __init__(self, folder: Path) -> None:
        """Map the files of ``folder``; raises :class:`HuitouError` when one is missing or of another kind."""
        self._place = folder / _FOLDER
        self._half_squares: Floats = mapped(self._place / "half_squares.npy", np.float32)

    def __len__(self) -> int:
        return len(self._half_squares)

    @cached_property
    def alike(self) -> Alike:
        """How customers are compared and divided."""
        try:
            return Alike.load(self._place)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise broken(self._place / FILE, f"{type(error).__name__}: {error}") from None

    @cached_property
    def vectors(self) -> Floats:
        """The coordinates of all customers, 0 for those who are not compared; shape ``(n, n_traits)``."""
        return mapped(self._place / "vectors.npy", np.float32, len(self.alike.space.names))

    def compared(self, rows: Ints) -> Ints:
        """Those of some rows who have done enough to be compared, and are not set aside."""
        return rows[np.isfinite(self._half_squares[rows])]

    def nearest(self, rows: Ints, count: int) -> Nearest:
        """The customers most like those of some rows, without them."""
        return nearest(self.vectors, self._half_squares, rows, count)
