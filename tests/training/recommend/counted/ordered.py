"""Orders for the tests of bundles, without a shop around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from training.recommend.counted.acts import Acts


def orders(rows: Iterable[tuple[int, float, Sequence[int]]]) -> Acts:
    """Acts of ``(person, age in days, items)``, one tuple an order."""
    found = sorted(rows, key=lambda row: (row[0], -row[1]))
    sizes = [len(items) for _, _, items in found]
    number = np.repeat(np.arange(len(found), dtype=np.int32), sizes)
    person = np.array([who for who, _, _ in found], dtype=np.int32)
    age = np.array([days * 1440 for _, days, _ in found], dtype=np.int32)
    items = np.array([item for _, _, items in found for item in sorted(items)], dtype=np.int32)
    return Acts(int(person.max(initial=-1)) + 1, person[number], number, items, age[number])


def random_orders(
    seed: int, count: int, items: int, planted: Sequence[Sequence[int]] = (), share: float = 0.02
) -> Acts:
    """Orders of independent items, the first the most bought, and some share of them with one of the planted sets."""
    rng = np.random.default_rng(seed)
    chance = np.minimum(0.6 / np.arange(2, items + 2) ** 0.7, 0.5)
    rows = []
    for number in range(count):
        held = set(np.flatnonzero(rng.random(items) < chance).tolist())
        for some in planted:
            if rng.random() < share:
                held |= set(some)
        if held:
            rows.append((number, float(rng.uniform(0, 300)), sorted(held)))
    return orders(rows)


def habitual_orders(seed: int, people: int, items: int, each: int) -> Acts:
    """Orders of people who buy their own three staples again and again; whose staples are which is chance."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(people):
        staples = rng.choice(items, 3, replace=False)
        for _ in range(each):
            held = {*staples[rng.random(3) < 0.6].tolist(), *rng.choice(items, rng.poisson(0.3)).tolist()}
            if held:
                rows.append((who, float(rng.uniform(0, 300)), sorted(held)))
    return orders(rows)
