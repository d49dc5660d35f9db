"""Who wants no personal answers: the newest word, and that of merged visitors."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.database.people.person_now import PersonNow
from serving.privacy.opting_out import has_opted_out
from serving.snapshot import Snapshot
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small shop, in which quiet opted out in a file."""
    folder: Path = tmp_path_factory.mktemp("shop")
    return Snapshot.open_current(small_shop(folder))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (PersonNow("anna"), False),
        (PersonNow("quiet"), True),
        (PersonNow("stranger who said no"), True),
        (PersonNow("quiet", personalized=True), False),
        (PersonNow("anna", personalized=False), True),
        (PersonNow("anna", visitors=("quiet",)), True),
        (PersonNow("anna", visitors=("visitor:v 1",)), False),
    ],
)
def test_the_newest_word_counts(snapshot: Snapshot, known: PersonNow, expected: bool) -> None:
    """What was said over HTTP comes before what a file said; without it a merged visitor's word counts as well."""
    assert has_opted_out(snapshot, known) == expected
