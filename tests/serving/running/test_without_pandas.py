"""What a worker does not load, so that it starts fast and stays small."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = (
    "deltalake",
    "duckdb",
    "ibis",
    "implicit",
    "lightgbm",
    "mlflow",
    "pandas",
    "scipy.optimize",
    "scipy.stats",
    "sklearn",
)

LOADED = """
import sys
from serving.running.without_pandas import arrow_without_pandas

arrow_without_pandas()
import {module}

print(*sorted(set({heavy}) & set(sys.modules)))
"""

PANDAS = """
import sys
from serving.running.without_pandas import arrow_without_pandas

arrow_without_pandas()
import pyarrow as pa

assert pa.array([1, 2]).to_pylist() == [1, 2]
assert pa.table({"a": pa.array(["x"])}).to_pylist() == [{"a": "x"}]
assert "pandas" not in sys.modules
import pandas as pd

print(pd.Series([1]).sum())
"""


@pytest.mark.parametrize("module", ["serving.api.application", "serving.running.worker", "serving.running.supervisor"])
def test_heavy_libraries_stay_out(module: str) -> None:
    """A worker loads none of the libraries that only training or the warehouse need."""
    code = LOADED.format(module=module, heavy=HEAVY)
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_arrow_without_pandas() -> None:
    """Arrow works without pandas, and others may still load it."""
    ran = subprocess.run([sys.executable, "-c", PANDAS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "1\n"
