"""What was shown is forgotten when it is old."""

from __future__ import annotations

from datetime import timedelta

from serving.shown.memory import Memory
from serving.shown.retention import LOOK_EVERY, Retention
from tests.serving.shown.small_memory import NOON, answer, event, hours

END = NOON + timedelta(days=200)


def test_old_answers_are_forgotten(memory: Memory) -> None:
    """Answers go after their days, responses a week later, and it is looked at once an hour."""
    moment = NOON + timedelta(days=90)
    retention = Retention(memory.shown, memory.responses, 90, lambda: moment)
    memory.shown.put([answer("r1"), answer("r2", at=hours(0.5)), answer("r3", at=hours(5))])
    memory.responses.put([event(1, "view", "tea", "r1")])
    assert retention.step() == 0
    moment += timedelta(minutes=59)
    assert retention.step() == 0
    assert memory.shown.count(NOON, END) == 3
    moment += timedelta(minutes=1)
    assert retention.step() == 2
    assert memory.shown.count(NOON, END) == 1
    assert len([*memory.responses.between(NOON, END)]) == 1
    moment += timedelta(days=7) + LOOK_EVERY
    retention.step()
    assert not [*memory.responses.between(NOON, END)]
