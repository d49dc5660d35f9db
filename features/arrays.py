"""Names for the kinds of numpy array that go between the parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
"""Codes, positions or counts."""
Floats = NDArray[np.floating[Any]]
"""Measured or computed numbers; NaN says that there is none."""
Flags = NDArray[np.bool_]
"""One truth value for each row."""
