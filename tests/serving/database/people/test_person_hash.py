"""The hash of a person: tombstones and audit entries of years ago must still be found."""

from __future__ import annotations

from serving.database.people.person_hash import person_hash


def test_it_never_changes() -> None:
    """These are the hashes for good, also of ids that are no proper text."""
    assert person_hash("c-1024") == "f363f92c0fb2a98a12ff9d655f149420"
    assert person_hash("visitor:v 1") == "2840481552a0de2e68d6a9ff15eba275"
    assert len(person_hash("\ud800")) == 32
