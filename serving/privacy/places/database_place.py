"""The rows about people in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from serving.database.people.erased import Erased

TABLES: Mapping[str, str] = {
    "inbox": "Events that arrived over HTTP and are not published yet.",
    "described_customers": "What was told of the customer over HTTP.",
    "contact_details": "E-mail, telephone and name.",
    "merged_visitors": "Visitors that were merged into the customer.",
    "shown": "Answers that were shown.",
    "responses": "Clicks and purchases that followed from answers.",
    "contact_log": "Messages of campaigns, and what became of them.",
    "suppressions": "Suppressions by the customer's id; those by an address hold its hash alone, and stay.",
}
"""The tables of :data:`serving.database.people.person_rows.PERSON_TABLES`, and what they hold."""


class DatabasePlace:
    """The shop's database; its rows go with the tombstone, and once more in the end."""

    def __init__(self, erased: Erased) -> None:
        self._erased = erased

    @property
    def holds(self) -> Mapping[str, str]:
        """A name for each table."""
        return TABLES

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """Rows by table."""
        return self._erased.rows_of(people)

    def erase(self, people: Sequence[str]) -> None:
        """Delete the rows."""
        self._erased.delete_rows(people)
