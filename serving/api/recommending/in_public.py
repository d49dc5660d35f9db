"""What a key that stands in pages may ask, and how it is answered: whoever copies it learns of nobody what they did."""

from __future__ import annotations

from collections.abc import Sequence

from features.errors import HuitouError
from serving.access.principal import Principal
from serving.api.recommending.questions import Person
from serving.recommending.offers import Candidate
from serving.recommending.wish import Answer
from serving.snapshot import Snapshot
from training.recommend.reason_texts import ABOUT_ITEM

PERSONAL = "personal"
"""The source told of an item that is shown for what the person did; its reason is: picked for you."""

_OF_NOBODY = frozenset({"popular", "in_demand", "rising", "pinned", "exploration"})
"""Sources that are the same for everybody."""


def is_public(principal: Principal | None) -> bool:
    """Whether the key stands in pages that anybody can read."""
    return principal is not None and principal.role == "browser"


def refuse_customer(asked: Person) -> None:
    """Raise :class:`HuitouError` when a question with a public key names a customer: such ids can be guessed."""
    if asked.customer_id is not None:
        raise HuitouError(
            "a key of the role browser asks for a visitor_id, not for a customer_id, because everybody can read the "
            "key. Merge the visitor into the customer (POST /v1/customers/{id}/merge), or ask from your server with "
            "a key of the role shop.",
            code="forbidden",
            field="customer_id",
            allowed=["visitor_id"],
        )


def told_in_public(snapshot: Snapshot, found: Answer, context: Sequence[str]) -> Answer:
    """The answer without a word of what the person did; items related to those on the page keep their reason."""
    on_page = frozenset(snapshot.shelf.ids.rows(context).tolist()) if context else frozenset()
    return found._replace(items=tuple(_neutral(candidate, on_page) for candidate in found.items))


def _neutral(candidate: Candidate, on_page: frozenset[int]) -> Candidate:
    if candidate.source in _OF_NOBODY or (candidate.source in ABOUT_ITEM and candidate.because in on_page):
        return candidate
    return Candidate(candidate.item, candidate.score, PERSONAL)
