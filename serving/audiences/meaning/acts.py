"""Who did something, and who has something in the cart: what the snapshot holds, with fresh events laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from features.arrays import Flags, Ints
from features.events.event import KIND_CODES
from serving.audiences.fresh import FreshEvents
from serving.audiences.meaning.items import allowed_items
from serving.audiences.parts import Did, Opened
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.acts import ActsOfKind
from serving.snapshot_parts.audience.open_items import OPENS, Open


def did(snapshot: Snapshot, fresh: FreshEvents, wanted: Did, today: date) -> Flags:
    """Who did what is wanted as often as it is wanted, shape ``(n_customers,)``."""
    parts = [*_acts(snapshot, fresh, wanted, today)]
    flags = snapshot.audience.nobody()
    if wanted.at_least > 1:
        counts = [np.bincount(acts.row, minlength=len(flags)) for acts in parts]
        flags = sum(counts[1:], counts[0]) >= wanted.at_least
    elif wanted.on_days == 1:
        for acts in parts:
            flags[acts.row] = True
    if wanted.on_days > 1:
        enough = _days_of(parts, len(flags)) >= wanted.on_days
        flags = flags & enough if wanted.at_least > 1 else enough
    return flags


def opened(snapshot: Snapshot, fresh: FreshEvents, wanted: Opened, today: date) -> Flags:
    """Who has something open that is wanted, shape ``(n_customers,)``."""
    first, last = wanted.days.on(today)
    allowed = allowed_items(snapshot, wanted.which)
    flags = snapshot.audience.nobody()
    for part in _open_parts(snapshot, fresh, wanted.opened):
        kept = (part.day >= first) & (part.day <= last)
        if allowed is not None:
            kept &= allowed[part.item]
        flags[part.row[kept]] = True
    return flags


def open_now(snapshot: Snapshot, fresh: FreshEvents, opened: str) -> Open:
    """Everything that lies in carts (``cart``) or on favourite lists (``favorite``) at this moment."""
    parts = _open_parts(snapshot, fresh, opened)
    if len(parts) == 1:
        return parts[0]
    row, item, day = (np.concatenate([getattr(part, name) for part in parts[::-1]]) for name in ("row", "item", "day"))
    # Of one day what is fresh comes first; the sort keeps the order otherwise.
    order = np.lexsort((-day, row))
    return Open(row[order], item[order], day[order])


def _acts(snapshot: Snapshot, fresh: FreshEvents, wanted: Did, today: date) -> Iterator[ActsOfKind]:
    """The acts that are wanted, kind by kind, then the fresh ones."""
    first, last = wanted.days.on(today)
    allowed = allowed_items(snapshot, wanted.which)
    for kind in wanted.kinds:
        acts = snapshot.audience.acts.of(KIND_CODES[kind], first, last)
        yield acts if allowed is None else acts.chosen(np.flatnonzero(allowed[acts.item]))
    if len(fresh):
        fits = np.isin(fresh.kind, [KIND_CODES[kind] for kind in wanted.kinds])
        fits &= (fresh.day >= first) & (fresh.day <= last)
        if allowed is not None:
            fits &= allowed[fresh.item]
        yield ActsOfKind.of_days(fresh.row[fits], fresh.item[fits], fresh.day[fits])


def _days_of(parts: Sequence[ActsOfKind], customers: int) -> Ints:
    """On how many different days each customer acted, shape ``(n_customers,)``."""
    once = [acts.once_a_day() for acts in parts if len(acts.row)]
    if len(once) < 2:
        return np.bincount(once[0].row if once else np.zeros(0, dtype=np.int64), minlength=customers)
    key = np.concatenate([acts.day.astype(np.int64) * customers + acts.row for acts in once])
    key.sort(kind="stable")  # Each part is in this order already: such runs are joined in one pass.
    is_first = np.append(True, key[1:] != key[:-1])
    return np.bincount(key[is_first] % customers, minlength=customers)


def _open_parts(snapshot: Snapshot, fresh: FreshEvents, opened: str) -> list[Open]:
    """What is open by the snapshot and was not touched since, and what was opened since."""
    stored = snapshot.audience.open[opened]
    opening, closing = OPENS[opened]
    touching = np.flatnonzero(np.isin(fresh.kind, [opening, *closing]))
    if not len(touching):
        return [stored]
    items = len(snapshot.shelf) + 1
    key = fresh.row[touching] * items + fresh.item[touching]
    order = np.lexsort((fresh.kind[touching], fresh.occurred_us[touching], key))
    is_last = np.append(np.diff(key[order]) != 0, True)
    last = touching[order[is_last]]
    kept = ~np.isin(stored.row.astype(np.int64) * items + stored.item, key)
    since = last[fresh.kind[last] == opening]
    since = since[np.argsort(-fresh.occurred_us[since], kind="stable")]
    return [
        Open(stored.row[kept], stored.item[kept], stored.day[kept]),
        Open(fresh.row[since], fresh.item[since], fresh.day[since]),
    ]
