"""What is written down about a run, and what of it fits into MLflow."""

from __future__ import annotations

import json
import math
import posixpath
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from training.gate import Gate
from training.versions.run_record import PARAM_LENGTH, TAG_LENGTH, RunRecord, gate_of, mlflow_name, own_name

GATE = Gate(True, ("ndcg@10 must beat the best rule, .331; it is .352",))


def test_the_whole_record_keeps_what_mlflow_does_not_take() -> None:
    """Long texts and odd names stay whole in the JSON; a metric that is not finite is null."""
    record = RunRecord({"seed": 7}, {"ndcg@10": 0.5, "gain": math.nan}, {"it's": "x" * 9000}, GATE)
    assert json.loads(record.as_json()) == {
        "params": {"seed": "7"},
        "metrics": {"ndcg@10": 0.5, "gain": None},
        "tags": {"it's": "x" * 9000},
        "gate": GATE.as_dict(),
    }


def test_metrics_that_are_not_finite_are_left_out_with_a_note() -> None:
    """NaN and infinity do not reach MLflow; a tag names the metrics."""
    record = RunRecord({}, {"auc": 0.8, "b": math.inf, "a": math.nan}, {}, GATE)
    assert record.fitting_metrics() == {"auc": 0.8}
    assert record.fitting_tags() == {"metrics_left_out": "not finite: a, b", "gate": "passed"}


def test_long_values_are_cut_to_the_limit() -> None:
    """A parameter and a tag longer than MLflow takes end in an ellipsis."""
    record = RunRecord({"columns": ["x" * 9000]}, {}, {"note": "y" * 9000}, GATE)
    assert len(record.fitting_params()["columns"]) == PARAM_LENGTH
    assert record.fitting_tags()["note"] == "y" * (TAG_LENGTH - 1) + "…"


def test_the_verdict_cannot_be_overwritten_by_a_tag() -> None:
    """A tag called gate does not change what the gate has said."""
    assert RunRecord({}, {}, {"gate": "passed"}, Gate(False, ())).fitting_tags() == {"gate": "refused"}


def test_texts_that_databases_refuse_are_mended() -> None:
    """Lone surrogates and zero characters become question marks, everywhere."""
    record = RunRecord({"a": "\ud800"}, {}, {"b": "x\x00y"}, GATE)
    assert record.fitting_params() == {"a": "?"}
    assert record.fitting_tags()["b"] == "x?y"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("ndcg@10", "ndcg_at_10"),
        ("重复购买率", "重复购买率"),
        ("lift (5%)", "lift _5__"),
        ("/etc/../passwd", "passwd"),
        ("../up", "_/up"),
        ("", "_"),
    ],
)
def test_names_in_letters_that_mlflow_takes(name: str, plain: str) -> None:
    """Signs that MLflow refuses become underlines, paths become plain ones, @ before a number a word."""
    assert mlflow_name(name) == plain


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_mlflow_takes(name: str) -> None:
    """Whatever the name, it fits MLflow's rule: letters, length, and no path that means another."""
    plain = mlflow_name(name)
    assert re.fullmatch(r"[\w./\-: ]{1,250}", plain)
    assert posixpath.normpath(plain) == plain
    assert not plain.startswith(("/", ".."))


def test_metric_names_come_back() -> None:
    """A metric at a rank has its own name again when it is read."""
    assert [own_name(mlflow_name(name)) for name in ("recall@50", "look_at_me")] == [
        "recall@50",
        "look_at_me",
    ]


def test_the_verdict_is_read_from_the_record() -> None:
    """The JSON of a record gives back its gate."""
    assert gate_of(RunRecord({}, {}, {}, GATE).as_json()) == GATE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"gate": 3}', '{"gate": {"passed": "yes"}}'])
def test_a_broken_record_is_told(text: str) -> None:
    """A record without a readable verdict is one clear line."""
    with pytest.raises(HuitouError, match=r"^record.json must hold the verdict of the gate; .*Train again\.$"):
        gate_of(text)
