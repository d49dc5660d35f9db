"""The verdict on a challenger."""

from __future__ import annotations

import json
import re

import pytest

from features.errors import HuitouError
from training.gate import Gate

SENTENCES = ("log loss must be below that of the base rate, .61; it is .55", "“回头” must hold: it does")


@pytest.mark.parametrize("passed", [True, False])
def test_json_and_back_is_the_same_verdict(passed: bool) -> None:
    """A verdict that went through JSON equals the one that was written."""
    gate = Gate(passed, SENTENCES)
    assert Gate.from_dict(json.loads(json.dumps(gate.as_dict()))) == gate


def test_a_dictionary_says_both_parts() -> None:
    """As plain values a verdict is the answer and the list of its reasons."""
    assert Gate(False, SENTENCES).as_dict() == {"passed": False, "reasons": list(SENTENCES)}


def test_the_verdict_in_one_word() -> None:
    """A gate is passed or refused."""
    assert (Gate(True, ()).verdict, Gate(False, ()).verdict) == ("passed", "refused")


@pytest.mark.parametrize("passed", ["false", 1, None])
def test_only_true_and_false_are_answers(passed: object) -> None:
    """A text or a number is no answer: "false" must not let a challenger through."""
    message = f"passed must be true or false; got {passed!r}. Train again to get a verdict."
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        Gate.from_dict({"passed": passed, "reasons": []})


@pytest.mark.parametrize("reasons", ["one sentence", None, [1, 2]])
def test_reasons_are_sentences(reasons: object) -> None:
    """Reasons that are no list of texts are refused."""
    message = f"reasons must be a list of sentences; got {reasons!r}. Train again to get a verdict."
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        Gate.from_dict({"passed": True, "reasons": reasons})
