"""Who wants no personal answers: the newest word of a person counts, and that of each visitor merged into it."""

from __future__ import annotations

from serving.database.people.person_now import PersonNow
from serving.snapshot import Snapshot


def has_opted_out(snapshot: Snapshot, known: PersonNow) -> bool:
    """Whether a person said no: over HTTP, or, where nothing was said there, in what the snapshot was made from."""
    if known.personalized is not None:
        return not known.personalized
    return any(each in snapshot.opted_out for each in (known.customer, *known.visitors))
