"""Visitors who turned out to be customers: what they saw and did counts as the customers'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from serving.database.answers.responses import Response
from serving.database.answers.shown import StoredAnswer
from serving.database.people.person_key import person_key


class SamePeople:
    """Who is whom."""

    def __init__(self, customers: Mapping[str, str]) -> None:
        """``customers`` has the customer of each merged visitor, as ``Merged.in_force`` gives them."""
        self._customers = customers
        self._keys = {person_key(visitor): person_key(customer) for visitor, customer in customers.items()}

    def answers(self, answers: Iterable[StoredAnswer]) -> Iterator[StoredAnswer]:
        """The answers, those that merged visitors saw as seen by their customers."""
        for answer in answers:
            customer = self._customers.get(answer.customer_id or "")
            yield answer if customer is None else answer._replace(customer_id=customer, person_key=person_key(customer))

    def responses(self, responses: Iterable[Response]) -> Iterator[Response]:
        """The responses, those of merged visitors as their customers'."""
        for response in responses:
            key = self._keys.get(response.person_key)
            yield response if key is None else response._replace(person_key=key)


NOBODY_MERGED = SamePeople({})
"""Everybody is who they are."""
