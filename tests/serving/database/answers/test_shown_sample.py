"""A sample stands for all answers, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from serving.database.answers.shown_sample import ShownSample, in_sample


def weights(sample: ShownSample, now_s: list[float], rates: Sequence[int]) -> list[float]:
    """What answers weigh that come evenly, so many in each second."""
    found = []
    for second, rate in enumerate(rates):
        for number in range(rate):
            now_s[0] = second + number / rate
            found.append(sample.weight(f"answer {second} {number}"))
    return found


def test_few_answers_are_all_remembered() -> None:
    """Up to the rate that is asked for each stands for itself."""
    now_s = [0.0]
    assert set(weights(ShownSample(1.0, 50, lambda: now_s[0]), now_s, [50, 7, 0, 50])) == {1.0}


@pytest.mark.parametrize("rates", [[2_000] * 6, [10, 4_000, 10, 0, 0, 3_000, 500]])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_weights_add_up_to_all(rates: Sequence[int], share: float) -> None:
    """Whether answers come evenly or all of a sudden; and of many only some are remembered."""
    now_s = [0.0]
    found = weights(ShownSample(share, 50, lambda: now_s[0]), now_s, rates)
    assert sum(found) == pytest.approx(sum(rates), rel=0.25)
    assert sum(weight > 0 for weight in found) < 500 * len(rates) < len(found) * 2


def test_a_quiet_second_is_forgotten() -> None:
    """After a rush that ended everything is remembered again."""
    now_s = [0.0]
    found = weights(ShownSample(1.0, 50, lambda: now_s[0]), now_s, [3_000, 0, 0, 20])
    assert found[-20:] == [1.0] * 20


def test_a_share_is_the_same_everywhere() -> None:
    """Without a rush the id alone decides, and what is left out weighs nothing."""
    found = [ShownSample(1 / 3).weight(f"r{number}") for number in range(300)]
    assert found == [3.0 if in_sample(f"r{number}", 1 / 3) else 0.0 for number in range(300)]
    assert 70 < sum(weight > 0 for weight in found) < 130
    assert ShownSample(0.0).weight("r1") == 0.0
