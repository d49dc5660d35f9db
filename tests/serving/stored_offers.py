"""What a live answer holds when nothing new has happened, worked out from the stored list item by item."""

from __future__ import annotations

from datetime import datetime

from serving.arranging.again import not_again
from serving.live.live_person import live_person
from serving.recommending.offers import OPEN_CART, OPEN_FAVORITE, Visitor
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter


def offered(snapshot: Snapshot, person: str, now: datetime) -> list[int]:
    """Codes of the customer's stored items in their order, without what arranging leaves out.

    That is what is out of stock, what was bought and is not due (unless it was put into the cart or among the
    favourites since), and all but the first of several variants.
    """
    row = snapshot.customers.row(person)
    stored = snapshot.recommended(row)
    known = live_person(snapshot, Visitor(person, row, (), now), with_groups=False)
    unwanted = not_again(stored.item, known, snapshot.shelf, snapshot.traits)
    in_stock = snapshot.shelf.allowed(stored.item, ItemFilter())
    products: set[int] = set()
    found = []
    for place, item in enumerate(stored.item.tolist()):
        wanted = snapshot.header.sources[stored.source[place]] in (OPEN_CART, OPEN_FAVORITE)
        product = int(snapshot.traits.variant_group(item))
        if in_stock[place] and (wanted or not unwanted[place]) and product not in products:
            products.add(product)
            found.append(item)
    return found
