"""Boosted trees as they answer: LightGBM's own library, without the Python package around it.

That package takes 1.6 s and 190 MB to import, as it brings what it could work with; the library alone takes 2 ms.
The numbers are the same to the last digit.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np

from features.arrays import Floats
from features.errors import HuitouError

LIBRARIES = ("lib/lib_lightgbm.so", "lib/lib_lightgbm.dylib", "bin/lib_lightgbm.dll")
"""Where the library lies in its package, by system."""

FLOAT32, ROW_AFTER_ROW, ALL_TREES, GAIN = 0, 1, -1, 1
"""What the library means by its numbers."""

LONGEST_NAME = 256
"""Bytes of a column's name, at most."""


class Trees:
    """Trees that LightGBM has learned."""

    def __init__(self, text: str) -> None:
        """Read what LightGBM wrote as text; raises :class:`HuitouError` where that is broken."""
        self.text = text
        """What they were read from."""
        self._handle = ctypes.c_void_p()
        iterations = ctypes.c_int()
        if not text.startswith("tree\n") or "\nend of trees\n" not in text:
            raise _broken("it is not whole")
        _call("LGBM_BoosterLoadModelFromString", text.encode(), ctypes.byref(iterations), ctypes.byref(self._handle))
        self.held = finalize(self, _library().LGBM_BoosterFree, self._handle)
        """Alive while the library holds them; it lets go of them with this object."""
        width = ctypes.c_int()
        _call("LGBM_BoosterGetNumFeature", self._handle, ctypes.byref(width))
        self._width = width.value
        self.feature_names = self._names()
        """Names of the columns they were trained on."""

    def score(self, values: Floats, *, raw: bool = False, threads: int = 1) -> Floats:
        """What they make of each row of ``values``, ``(n, n_columns)``: a chance, or ``raw`` log-odds; ``(n,)``."""
        table = np.ascontiguousarray(values, dtype=np.float32)
        if table.ndim != 2 or table.shape[1] != self._width:
            raise ValueError(f"rows for these trees must have {self._width} columns; got shape {table.shape}")
        found = np.empty(len(table))
        written = ctypes.c_int64()
        if len(table):
            _call(
                "LGBM_BoosterPredictForMat",
                self._handle,
                table.ctypes.data,
                FLOAT32,
                len(table),
                self._width,
                ROW_AFTER_ROW,
                int(raw),
                0,
                ALL_TREES,
                b"num_threads=%d" % threads,
                ctypes.byref(written),
                found.ctypes.data,
            )
        return found

    def gain(self) -> Floats:
        """Total gain of each column, shape ``(n_columns,)``."""
        gain = np.zeros(self._width)
        _call("LGBM_BoosterFeatureImportance", self._handle, 0, GAIN, gain.ctypes.data)
        return gain

    def _names(self) -> tuple[str, ...]:
        rooms = [ctypes.create_string_buffer(LONGEST_NAME) for _ in range(self._width)]
        places = (ctypes.c_void_p * self._width)(*map(ctypes.addressof, rooms))
        count, longest = ctypes.c_int(), ctypes.c_size_t()
        _call(
            "LGBM_BoosterGetFeatureNames",
            self._handle,
            self._width,
            ctypes.byref(count),
            LONGEST_NAME,
            ctypes.byref(longest),
            places,
        )
        return tuple(room.value.decode() for room in rooms)


@cache
def _library() -> ctypes.CDLL:
    """The library, opened once."""
    found = find_spec("lightgbm")
    folders = [] if found is None else [Path(folder) for folder in found.submodule_search_locations or ()]
    files = [folder / name for folder in folders for name in LIBRARIES if (folder / name).is_file()]
    if not files:
        raise HuitouError(
            "the ranker needs LightGBM's library; it is not installed. Install Huitou again with all that it needs.",
            code="no_trees_library",
        )
    library = ctypes.CDLL(str(files[0]))
    pointer, whole = ctypes.c_void_p, ctypes.c_int
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    library.LGBM_BoosterFree.argtypes = [pointer]
    library.LGBM_BoosterPredictForMat.argtypes = [
        pointer, pointer, whole, ctypes.c_int32, ctypes.c_int32, whole, whole, whole, whole, ctypes.c_char_p,
        pointer, pointer,
    ]  # fmt: skip
    library.LGBM_BoosterGetFeatureNames.argtypes = [
        pointer, whole, pointer, ctypes.c_size_t, pointer, pointer,
    ]  # fmt: skip
    library.LGBM_BoosterFeatureImportance.argtypes = [pointer, whole, whole, pointer]
    return library


def _call(name: str, *arguments: Any) -> None:
    """Call one of the library's functions; raises :class:`HuitouError` with what it says is wrong."""
    library = _library()
    function: Callable[..., int] = getattr(library, name)
    if function(*arguments):
        raise _broken(library.LGBM_GetLastError().decode(errors="replace"))


def _broken(why: str) -> HuitouError:
    return HuitouError(
        f"the ranker's trees must be as LightGBM wrote them; they cannot be used ({why}). Train again.",
        code="broken_trees",
    )
