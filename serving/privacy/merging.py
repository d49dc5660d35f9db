"""Merges carried into the warehouse, and back: a visitor's events and contacts become the customer's, each once."""

from __future__ import annotations

from collections.abc import Sequence

from features.events.rewritten_rows import Move
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.database.connection import Database
from serving.database.people.merged import LEAVING, Merge, Merged

AT_ONCE = 500
"""So many merges are carried out in one commit."""


class Merging:
    """The merges of one shop that the warehouse does not know yet, or has to undo."""

    def __init__(self, shop: ShopFolder, engine: Database) -> None:
        self._shop = shop
        self._merged = Merged(engine)

    def carry_out(self) -> int:
        """Bring the warehouse to what was said; return how many merges were carried out or undone.

        The ids of events are noted before they move, one commit moves them all, and another one the contacts; a merge
        is settled after both. So a process that is killed begins anew with the next call, and nothing is lost or
        doubled. Raises :class:`HuitouError` (``busy``) while another process writes to the shop.
        """
        if not self._merged.unsettled():
            return 0
        done = 0
        with self._shop.writing(briefly=True):
            while merges := self._merged.unsettled()[:AT_ONCE]:
                self._carry_out(merges)
                done += len(merges)
        return done

    def _carry_out(self, merges: Sequence[Merge]) -> None:
        warehouse = Warehouse.open(self._shop)
        moves = [*map(move_of, merges)]
        moved = warehouse.moved(*moves)
        arriving = moved.by_target()
        for merge in (merge for merge in merges if merge.state != LEAVING):
            gets = arriving.get(merge.customer_id, ())
            self._merged.plan(merge.visitor, [event for visitor, event in gets if visitor == merge.visitor_id])
        warehouse.move(moved)
        warehouse.move_contacts(moves)
        for merge in merges:
            if merge.state == LEAVING:
                self._merged.forget(merge.visitor)
            else:
                self._merged.settle(merge.visitor)


def move_of(merge: Merge) -> Move:
    """What carrying a merge out, or undoing it, moves in the warehouse."""
    if merge.state == LEAVING:
        return Move(merge.customer_id, merge.visitor, merge.visitor_id, frozenset(merge.moved))
    return Move(merge.visitor, merge.customer_id, merge.visitor_id)
