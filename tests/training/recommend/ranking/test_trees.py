"""Trees by the library alone: the same numbers as the package's, and a clear word where they are broken."""

from __future__ import annotations

import gc
import subprocess
import sys

import lightgbm
import numpy as np
import pytest

from features.arrays import Floats
from features.errors import HuitouError
from training.recommend.ranking.trees import Trees

NAMES = ["views", "days", "价格"]


def values(rows: int, seed: int = 1) -> Floats:
    """Rows of three columns, a tenth of the numbers missing."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(rows, len(NAMES)))
    drawn[rng.random(drawn.shape) < 0.1] = np.nan
    return drawn.astype(np.float32)


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    """Thirty trees that learned a planted rule."""
    known = values(2_000)
    label = (np.nan_to_num(known[:, 0]) + np.isnan(known[:, 1]) > 0.5).astype(np.float32)
    settings = {"objective": "binary", "verbosity": -1, "num_leaves": 15, "num_threads": 1, "seed": 3}
    return lightgbm.train(settings, lightgbm.Dataset(known, label=label, feature_name=NAMES), num_boost_round=30)


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_to_the_last_digit(booster: lightgbm.Booster, raw: bool, threads: int) -> None:
    """Every row is scored as the package scores it, whichever way the table lies in memory."""
    opened, unseen = Trees(booster.model_to_string()), values(500, seed=2)
    expected = np.asarray(booster.predict(unseen, raw_score=raw, num_threads=1))
    for table in (unseen, np.asfortranarray(unseen), unseen.astype(np.float64)):
        np.testing.assert_array_equal(opened.score(table, raw=raw, threads=threads), expected)
    np.testing.assert_array_equal(opened.score(unseen[7:8], raw=raw), expected[7:8])


def test_names_and_gain(booster: lightgbm.Booster) -> None:
    """Columns have their names, and the gain that the package tells."""
    opened = Trees(booster.model_to_string())
    assert opened.feature_names == tuple(NAMES)
    np.testing.assert_array_equal(opened.gain(), booster.feature_importance("gain"))


def test_written_again(booster: lightgbm.Booster) -> None:
    """The text is what they were read from, so that it can be saved once more."""
    text = booster.model_to_string()
    assert Trees(text).text == text


def test_no_rows(booster: lightgbm.Booster) -> None:
    """No rows have no scores."""
    assert Trees(booster.model_to_string()).score(np.zeros((0, 3), dtype=np.float32)).shape == (0,)


def test_other_columns(booster: lightgbm.Booster) -> None:
    """Rows of another width are refused before the library reads beyond them."""
    with pytest.raises(ValueError, match=r"^rows for these trees must have 3 columns; got shape \(4, 2\)$"):
        Trees(booster.model_to_string()).score(np.zeros((4, 2), dtype=np.float32))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_cut_text(booster: lightgbm.Booster, share: float) -> None:
    """Text that ends too early is told as such."""
    text = booster.model_to_string()
    with pytest.raises(HuitouError) as told:
        Trees(text[: int(share * text.index("end of trees"))])
    assert told.value.code == "broken_trees"
    assert told.value.message == (
        "the ranker's trees must be as LightGBM wrote them; they cannot be used (it is not whole). Train again."
    )


@pytest.mark.parametrize(("part", "other"), [("max_feature_idx=2", "max_feature=2"), ("feature_names=", "features=")])
def test_broken_text(booster: lightgbm.Booster, part: str, other: str) -> None:
    """What the library cannot read raises with what it says, and nothing is left of it."""
    with pytest.raises(
        HuitouError, match=r"^the ranker's trees must be as LightGBM wrote them; they cannot be used \("
    ):
        Trees(booster.model_to_string().replace(part, other, 1))


def test_they_are_let_go(booster: lightgbm.Booster) -> None:
    """What the library holds of them is freed with them."""
    opened = Trees(booster.model_to_string())
    held = opened.held
    assert held.alive
    del opened
    gc.collect()
    assert not held.alive


def test_answering_imports_no_heavy_package() -> None:
    """A process that only answers loads none of the packages that learning needs."""
    heavy = ("lightgbm", "sklearn", "scipy.stats", "scipy.optimize", "implicit", "duckdb", "deltalake")
    code = f"import sys, training.recommend.wanting; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "[]"
