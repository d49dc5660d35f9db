"""Everybody's first items, arranged when a snapshot is published: an answer to who did nothing since is only read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from features.arrays import Ints
from features.history import DAY_US
from features.moments import microseconds
from serving.arranging.arrangement import Arranging, Asked
from serving.arranging.person import Person
from serving.arranging.rules import Usual
from serving.arranging.shelf_rules import InForce
from serving.recommending.offering import FILLED_TO, Offering
from serving.snapshot_parts.array_file import mapped
from serving.snapshot_parts.customer_files import RECOMMENDATIONS
from serving.snapshot_parts.item_traits import ItemTraits
from serving.snapshot_parts.manifest import SnapshotHeader
from serving.snapshot_parts.page_files import FIRST_POPULAR, NOTHING, PLACES, PagesWriter
from serving.snapshot_parts.past_files import Past
from serving.snapshot_parts.shelf import Shelf
from serving.snapshot_parts.stored_recommendations import Recommended, StoredRecommendations

_BLOCK = 4_096


def write_usual_pages(folder: Path, header: SnapshotHeader, usual: Usual) -> None:
    """Write the page of every customer of the snapshot in ``folder``, as of its moment, and that of strangers.

    Everything else in the folder is complete but for the manifest.
    """
    pages, writer = _UsualPages(folder, header, usual), PagesWriter(folder)
    for start in range(0, pages.customers, _BLOCK):
        rows = range(start, min(start + _BLOCK, pages.customers))
        writer.add(np.stack([pages.of_customer(row) for row in rows]))
    writer.add(pages.of_strangers()[None])
    writer.close()


class _UsualPages:
    def __init__(self, folder: Path, header: SnapshotHeader, usual: Usual) -> None:
        self._shelf, self._past = Shelf(folder), Past(folder)
        self._traits = ItemTraits(folder, len(self._shelf))
        self._recommendations = StoredRecommendations(folder, RECOMMENDATIONS)
        self._sources = header.sources
        self._popular = mapped(folder / "popular.npy", np.int32)[:FILLED_TO]
        self._as_of_us = microseconds(header.as_of)
        self._asked = Asked(diversity=usual.diversity, price_respect=usual.price_respect)
        self.customers = len(self._past)

    def of_customer(self, row: int) -> Ints:
        """The page of the customer of a row; an empty one where nothing of their own can be shown."""
        past = self._past.of(row)
        person = Person.of(past.kind, past.item, np.maximum(self._as_of_us - past.occurred_us, 0) / DAY_US)
        return self._page(self._recommendations.of(row), person, for_strangers=False)

    def of_strangers(self) -> Ints:
        """The page of who is not known."""
        return self._page(Recommended.nothing(), Person(), for_strangers=True)

    def _page(self, stored: Recommended, person: Person, *, for_strangers: bool) -> Ints:
        page = np.full(PLACES, NOTHING, dtype=np.uint8)
        offering = Offering.of((), stored, self._sources, self._popular)
        arranging = Arranging(self._shelf, self._traits, self._asked, person, InForce())
        found = arranging.arrange(offering.offered, PLACES)
        if found.has_own or for_strangers:
            place = offering.place[found.candidate]
            popular = place - len(stored.item)
            page[: len(place)] = np.where(popular < 0, place, FIRST_POPULAR + popular)
        return page
