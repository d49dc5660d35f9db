"""The house keeps its rules, and each rule catches what it is there for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import house

Rule = Callable[[Path], list[str]]

PLANTED: list[tuple[Rule, str, str, str]] = [
    (
        house.import_direction,
        "features/items.py",
        "import training.tables",
        "must not import training.tables",
    ),
    (house.import_direction, "features/a/b.py", "from serving import snapshot", "must not import serving"),
    (
        house.import_direction,
        "training/gate.py",
        "def f():\n    import serving",
        "gate.py:2: training must not",
    ),
    (
        house.import_direction,
        "training/x.py",
        "from ..serving.publish import y",
        "must not import serving.publish",
    ),
    (house.import_direction, "serving/x.py", "from huitou import app", "serving must not import huitou"),
    (house.import_direction, "serving/x.py", "import benchmarks.features", "must not import benchmarks"),
    (house.import_direction, "features/x.py", "from notebooks import a", "must not import notebooks"),
    (house.import_direction, "huitou.py", "import tests.conftest", "huitou.py must not import tests"),
    (
        house.import_direction,
        "features/x.py",
        "import importlib\nimportlib.import_module('training.tables')",
        "features/x.py:2: features must not import training.tables",
    ),
    (house.one_home, "training/tables.py", "import mlflow.tracking", "only in training/registry.py"),
    (house.one_home, "huitou.py", "from fastapi import FastAPI", "only in serving/api/"),
    (house.one_home, "features/history.py", "import deltalake", "only in features/events/warehouse.py"),
    (house.one_home, "training/tables.py", "from pyspark.sql import functions", "features/events/engine.py"),
    (house.one_home, "serving/api/app.py", "import sqlalchemy.orm", "only in serving/database/"),
    (house.one_home, "serving/publish.py", "import alembic", "only in serving/database/"),
    (house.one_home, "serving/publish.py", "from starlette import requests", "only in serving/api/"),
    (house.one_home, "training/x.py", "import uvicorn", "only in serving/ and huitou.py"),
    (house.file_length, "benchmarks/long.py", "a = 1\n" * 301, "benchmarks/long.py: 301 lines"),
    (house.telling_names, "features/utils.py", "", "'utils' does not say"),
    (house.telling_names, "serving/snapshot_manager.py", "", "'manager' does not say"),
    (house.telling_names, "training/common/tables.py", "", "'common' does not say"),
    (house.no_pickle, "training/bundle.py", "import pickle", "pickle reads files that run code"),
    (house.no_pickle, "serving/x.py", "from joblib import load", "joblib reads files that run code"),
    (house.no_pickle, "serving/x.py", "np.load(file, allow_pickle=True)", "allow_pickle reads or writes"),
    (house.no_pickle, "training/x.py", "frame.to_pickle(file)", "to_pickle reads or writes"),
    (house.no_assert, "features/x.py", "a = 1\nassert a", "features/x.py:2: assert is for tests"),
    (
        house.no_clock,
        "features/x.py",
        "from datetime import datetime\ndatetime.now()",
        "x.py:2: datetime.datetime.now",
    ),
    (house.no_clock, "features/x.py", "import datetime as dt\ndt.datetime.now(dt.UTC)", "reads the clock"),
    (house.no_clock, "training/x.py", "import time\nstart = time.time()", "time.time reads the clock"),
    (
        house.no_clock,
        "training/x.py",
        "from time import time as now\nf(clock=now)",
        "time.time reads the clock",
    ),
    (
        house.no_clock,
        "training/x.py",
        "import pandas as pd\npd.Timestamp.now()",
        "pandas.Timestamp.now reads",
    ),
    (
        house.no_unseeded_randomness,
        "training/x.py",
        "import numpy as np\nrng = np.random.default_rng()",
        "numpy.random.default_rng cannot be repeated",
    ),
    (
        house.no_unseeded_randomness,
        "features/x.py",
        "import numpy as np\nnp.random.rand(3)",
        "numpy.random.rand",
    ),
    (
        house.no_unseeded_randomness,
        "features/x.py",
        "from random import choice\nchoice([1])",
        "random.choice",
    ),
    (
        house.no_unseeded_randomness,
        "training/x.py",
        "import uuid\nuuid.uuid4()",
        "uuid.uuid4 cannot be repeated",
    ),
    (house.told_tests, "tests/test_x.py", "def test_a():\n    assert 1", "test_a needs a docstring"),
    (house.real_tests, "tests/test_x.py", "import time\ntime.sleep(1)", "time.sleep has no place in a test"),
    (
        house.real_tests,
        "tests/test_x.py",
        "import pytest\n@pytest.mark.skip\ndef f(): ...",
        "pytest.mark.skip has",
    ),
    (house.real_tests, "tests/test_x.py", "from time import perf_counter\nperf_counter()", "time.perf_counter has"),
    (house.real_tests, "tests/test_x.py", "from unittest import mock\nmock.Mock()", "unittest.mock.Mock has"),
]

ALLOWED: list[tuple[Rule, str, str]] = [
    (
        house.import_direction,
        "serving/x.py",
        "import training.bundle\nfrom features import schema\nfrom . import y",
    ),
    (house.import_direction, "training/recommend/x.py", "from ..tables import rows"),
    (house.import_direction, "tests/test_x.py", "import huitou, serving, benchmarks.features"),
    (house.one_home, "training/registry.py", "import mlflow"),
    (house.one_home, "serving/database/tables.py", "import sqlalchemy as sa"),
    (house.one_home, "huitou.py", "import uvicorn"),
    (house.one_home, "tests/serving/test_x.py", "from fastapi.testclient import TestClient"),
    (house.file_length, "features/long.py", "a = 1\n" * 300),
    (house.telling_names, "features/commonness.py", ""),
    (house.no_pickle, "serving/x.py", "np.load(file, allow_pickle=False)"),
    (house.no_assert, "tests/test_x.py", "assert 1"),
    (house.no_clock, "features/x.py", "import time\ntime.perf_counter()\nnow = row.datetime.now()"),
    (house.no_clock, "serving/x.py", "import time\ntime.time()"),
    (
        house.no_unseeded_randomness,
        "training/x.py",
        "import numpy as np\ndef f(rng: np.random.Generator, seed): return np.random.default_rng(seed)",
    ),
    (house.told_tests, "tests/test_x.py", 'def test_a():\n    """It holds."""'),
    (house.real_tests, "tests/test_x.py", "import pytest\n@pytest.mark.real_data\ndef f(): ..."),
]


def plant(root: Path, path: str, code: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code, encoding="utf-8")


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_huitou_keeps_the_rule(rule: Rule, root: Path) -> None:
    """Huitou itself has no offence against any rule of the house."""
    assert rule(root) == []


@pytest.mark.parametrize(("rule", "path", "code", "message"), PLANTED)
def test_a_planted_offence_is_caught(rule: Rule, path: str, code: str, message: str, tmp_path: Path) -> None:
    """A rule names the file and the offence that was planted, once."""
    plant(tmp_path, path, code)
    [offence] = rule(tmp_path)
    assert offence.startswith(path)
    assert message in offence


@pytest.mark.parametrize(("rule", "path", "code"), ALLOWED)
def test_what_is_allowed_passes(rule: Rule, path: str, code: str, tmp_path: Path) -> None:
    """A rule leaves alone what looks alike and is allowed."""
    plant(tmp_path, path, code)
    assert rule(tmp_path) == []


def test_every_rule_is_shown_to_catch_something() -> None:
    """No rule of the house stands without a planted offence and without something it allows."""
    assert {rule for rule, *_ in PLANTED} == set(house.RULES) == {rule for rule, *_ in ALLOWED}


def test_the_rules_look_at_every_file_of_huitou(root: Path) -> None:
    """All Python files of the packages are read, so that no offence hides in a folder."""
    seen = {path for path, _ in house.sources(root, house.PACKAGES)}
    assert {"features/errors.py", "serving/api/__init__.py", "training/__init__.py"} <= seen
