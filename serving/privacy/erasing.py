"""Deleting a person: a tombstone at once, and then everywhere else, place by place, until nothing is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from features.errors import HuitouError
from features.events.event import VISITOR_PREFIX
from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparisons
from serving.database.connection import Database
from serving.database.free_pages import clean_free_pages
from serving.database.marketing.lists import FrozenLists
from serving.database.people.erased import Erased, Erasure
from serving.database.people.merged import LEAVING, Merged
from serving.database.people.person_hash import person_hash
from serving.privacy.places.database_place import DatabasePlace
from serving.privacy.places.file_places import RejectedPlace, StagingPlace
from serving.privacy.places.list_place import ListPlace
from serving.privacy.places.place import Place
from serving.privacy.places.snapshot_place import SnapshotPlace
from serving.privacy.places.warehouse_place import WarehousePlace


class Erasing:
    """The deletions of one shop.

    Trained models, their samples and the registry hold nobody: no id and no row of a person goes into them.
    """

    def __init__(self, shop: ShopFolder, engine: Database) -> None:
        self._shop = shop
        self._engine = engine
        self._erased = Erased(engine)
        self._merged = Merged(engine)
        self.places: Sequence[Place] = (
            DatabasePlace(self._erased),
            WarehousePlace(shop),
            StagingPlace(shop),
            RejectedPlace(shop),
            SnapshotPlace(shop, Comparisons(engine)),
            ListPlace(shop, FrozenLists(engine)),
        )
        """Where something of a person may lie, in the order in which they are erased."""

    @property
    def holds(self) -> Mapping[str, str]:
        """The name of everything that is counted, and what it is."""
        return {name: sentence for place in self.places for name, sentence in place.holds.items()}

    def count(self, customer_id: str) -> dict[str, int]:
        """What a deletion would find, by place; nothing is changed."""
        return self._counted(self._people(customer_id))

    def ask(self, customer_id: str, now: datetime) -> Erasure:
        """Delete a person with the visitors that are merged into it.

        When this returns, the person is a stranger to every answer, new events are refused, and the database holds no
        row any more; the rest goes with :meth:`carry_out`.
        """
        people = self._people(customer_id)
        rows = self._erased.begin(people, now)
        places = self._counted(people) | rows
        self._erased.note(people, places)
        return self._erased.get(person_hash(customer_id))

    def pending(self) -> list[str]:
        """Ids of those who were deleted, as long as something of them may be left."""
        return self._erased.pending()

    def status(self, request_id: str) -> Erasure:
        """How far a deletion is; raises :class:`HuitouError` when none has this id."""
        return self._erased.get(request_id)

    def carry_out(self, now: datetime) -> int:
        """Erase everybody who was asked for, everywhere; return how many people.

        A process that is killed begins anew with the next call. Raises :class:`HuitouError` (``busy``) while another
        process imports or publishes.
        """
        people = self._erased.pending()
        if people:
            with self._shop.writing(briefly=True):
                for place in self.places:
                    place.erase(people)
                self._erased.forget(people)
        if self._erased.is_forgotten():
            clean_free_pages(self._engine)
            self._erased.finish(now)
        return len(people)

    def _counted(self, people: Sequence[str]) -> dict[str, int]:
        return {name: count for place in self.places for name, count in place.count(people).items()}

    def _people(self, customer_id: str) -> list[str]:
        """The person and the visitors that belong to it; raises when it belongs to somebody else."""
        if customer_id.startswith(VISITOR_PREFIX) and self._merged.of_visitor(customer_id) is not None:
            raise HuitouError(
                "this visitor was merged into a customer. Delete that customer, or undo the merge first.",
                code="conflict",
                field="customer_id",
                hint="DELETE /v1/customers/{id}/merge?visitor_id=...",
            )
        merges = self._merged.of_customer(customer_id)
        if any(merge.state == LEAVING for merge in merges):
            raise HuitouError(
                "a visitor is just leaving this customer, and must not be deleted with it. Try again in a moment.",
                code="busy",
            )
        return [customer_id, *(merge.visitor for merge in merges)]
