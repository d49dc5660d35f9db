"""All sentences: in order, complete, and fit to be read whatever the numbers are."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.customers import CustomerFeatures
from tests.training.customers.explaining.wording import test_buying, test_looking
from tests.training.customers.explaining.wording.one_customer import cases
from tests.training.customers.planted import no_features
from training.customers.explaining.concepts import CONCEPTS
from training.customers.explaining.usual import Usual
from training.customers.explaining.wording.known import OWN, Known
from training.customers.explaining.wording.sentences import NUMBERED, SENTENCES, UNSAID, fitting, told
from training.tables import KINDS

NUMBERS = st.one_of(
    st.just(np.nan),
    st.sampled_from([0.0, 1.0, 2.0, 0.3, 0.99, -1.0, 31.0, 1234.5, 1e9, 1e30, np.inf, -np.inf, -1e9]),
    st.floats(0, 2_000, width=32),
)
"""Numbers as shops have them, and as none has."""


def customers(rows: list[list[float]], usual: list[float], kinds: list[int]) -> Known:
    """Everyone twice, with reasons that go one way and the other."""
    values = np.array(rows * 2, dtype=np.float32).reshape(-1, len(OWN))
    features = CustomerFeatures(pa.array([str(row) for row in range(len(values))]), OWN, values)
    nothing = Usual.unknown()
    numbers = {name: (value,) * len(KINDS) for name, value in zip(nothing.numbers, usual, strict=True)}
    raises = np.arange(len(values)) < len(rows)
    usually = Usual(numbers, nothing.order_rates, nothing.ordered, nothing.stayed_away)
    return Known.of(features, usually, np.array(kinds * 2), raises)


ROWS = st.lists(NUMBERS, min_size=len(OWN), max_size=len(OWN))
USUAL = st.lists(NUMBERS, min_size=len(Usual.unknown().numbers), max_size=len(Usual.unknown().numbers))


@given(st.lists(st.tuples(ROWS, st.integers(0, len(KINDS) - 1)), min_size=1, max_size=8), USUAL)
def test_every_sentence_can_be_read(people: list[tuple[list[float], int]], usual: list[float]) -> None:
    """No feature's name, no missing or infinite number, no brace, and no word of the other language."""
    known = customers([row for row, _ in people], usual, [kind for _, kind in people])
    rows = np.arange(len(known.kinds))
    for numbers in fitting(known):
        english, chinese = (told(known, rows, numbers, language).to_pylist() for language in ("en", "zh"))
        for number, en, zh in zip(numbers, english, chinese, strict=True):
            assert (en is None) == (zh is None) == (number == UNSAID)
            if en is not None:
                assert re.fullmatch(r"[a-zA-Z0-9 ,;.%'-]+", en)
                assert not re.search(r"nan|inf\b|  |\b1 \w+s\b|-\d", en)
                assert re.fullmatch(r"[一-鿿0-9，；,.%]+", zh)


def test_every_concept_has_sentences() -> None:
    """In the order of the concepts, and all of them shown in the tables of examples."""
    assert list(SENTENCES) == list(CONCEPTS)
    assert len(NUMBERED) == sum(map(len, SENTENCES.values()))
    shown = [case.number() for case in cases(test_buying.CASES) + cases(test_looking.CASES)]
    unseen = [NUMBERED[number].en for number in sorted(set(range(len(NUMBERED))) - set(shown))]
    assert unseen == []


def test_one_alone_is_told_what_is_told_in_the_crowd() -> None:
    """Sentences stand in the order of the customers, null where nothing is said."""
    rng = np.random.default_rng(1)
    values = np.where(rng.random((60, len(OWN))) < 0.2, np.nan, rng.integers(0, 40, (60, len(OWN))))
    known = customers(values.tolist(), [10.0] * len(Usual.unknown().numbers), rng.integers(0, 3, 60).tolist())
    numbers, rows = fitting(known), np.arange(120)
    together = {
        language: told(known, np.tile(rows, len(CONCEPTS)), numbers.ravel(), language) for language in ("en", "zh")
    }
    assert 0 < together["en"].null_count < len(together["en"])
    for place in rng.integers(0, len(together["en"]), 50).tolist():
        for language, sentences in together.items():
            alone = told(known, rows[place % 120 : place % 120 + 1], numbers.ravel()[place : place + 1], language)
            assert alone[0] == sentences[place] or alone[0].as_py() is None is sentences[place].as_py()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_is_told_nothing(language: str) -> None:
    """No customers, no sentences."""
    none = np.zeros(0, dtype=np.int64)
    known = Known.of(no_features(), Usual.unknown(), none, none == 0)
    assert fitting(known).shape == (len(CONCEPTS), 0)
    assert told(known, none, none, language).to_pylist() == []
