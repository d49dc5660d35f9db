"""What the warehouse holds of people, its old versions included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from features.shop_folder import ShopFolder

if TYPE_CHECKING:
    from features.events.warehouse import Warehouse


class WarehousePlace:
    """The Delta tables of a shop."""

    def __init__(self, shop: ShopFolder) -> None:
        self._shop = shop

    @property
    def holds(self) -> Mapping[str, str]:
        """Events, contacts and the record of the customer."""
        return {
            "warehouse_events": "Events in the warehouse; old versions of it are erased with them.",
            "warehouse_contacts": "Messages of campaigns in the warehouse.",
            "warehouse_customers": "The record of the customer in the warehouse.",
        }

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """Rows of the newest version; older ones hold no others, or what was moved and erased since."""
        warehouse = self._warehouse()
        described = pc.is_in(warehouse.customers()["customer_id"], value_set=pa.array(people, pa.string()))
        return {
            "warehouse_events": len(warehouse.events_of(people)),
            "warehouse_contacts": len(warehouse.contacts_of(people)),
            "warehouse_customers": int(pc.sum(described).as_py() or 0),
        }

    def erase(self, people: Sequence[str]) -> None:
        """Write the tables without the rows, and delete the files of every older version."""
        self._warehouse().erase(*people)

    def _warehouse(self) -> Warehouse:
        # Imported where it is needed: a process that answers requests stays small until somebody asks.
        from features.events.warehouse import Warehouse

        return Warehouse.open(self._shop)
