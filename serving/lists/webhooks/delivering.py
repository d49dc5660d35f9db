"""Sending lists batch by batch: what arrived is noted, so that it goes on where it stopped; failures are repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from features.errors import HuitouError
from serving.database.access.audit import Audit
from serving.database.marketing.deliveries import FAILED, SENT, WAITING, Delivery, WebhookDeliveries
from serving.database.marketing.lists import FrozenList
from serving.desk.workroom import Workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.left_out import LeftOut
from serving.lists.exporting.list_export import ListExport
from serving.lists.webhooks.sending import Batch, send
from serving.lists.webhooks.webhook_file import Webhook, secret_of, webhook_called
from serving.random_id import random_id

MOST_ATTEMPTS = 10
"""So often one batch is tried; then the delivery is given up."""

FIRST_WAIT = timedelta(seconds=5)
"""So long after the first failure it is tried again; each further wait is twice as long."""
LONGEST_WAIT = timedelta(hours=1)
"""The longest wait between two tries."""

BATCHES_AT_ONCE = 20
"""So many batches of one delivery are sent in one round of the mover, who has other things to do as well."""

Sender = Callable[[str, bytes, Batch, datetime], str | None]
"""Sends a batch, see :func:`serving.lists.webhooks.sending.send`."""


@dataclass(frozen=True)
class DeliveryRound:
    """What a round of deliveries needs."""

    room: Workroom
    environment: Mapping[str, str]
    """Where the secrets are."""
    sender: Sender = send

    def step(self) -> None:
        """Send some batches of every delivery whose time has come."""
        for due in WebhookDeliveries(self.room.database).due(self.room.clock()):
            self.advance(due, BATCHES_AT_ONCE)

    def finish(self, delivery_id: str, wait: Callable[[float], object]) -> Delivery:
        """Send all that is left of one delivery, and ``wait`` (seconds) where it must be repeated."""
        deliveries = WebhookDeliveries(self.room.database)
        while (found := deliveries.get(delivery_id)).state == WAITING:
            wait(max((found.next_at - self.room.clock()).total_seconds(), 0.0))
            self.advance(found, BATCHES_AT_ONCE)
        return found

    def advance(self, delivery: Delivery, batches: int) -> None:
        """Send up to so many batches of one delivery, until one fails."""
        try:
            webhook = webhook_called(self.room.shop, delivery.webhook)
            secret = secret_of(webhook, self.environment)
            export = ListExport.of(self.room, delivery.list_id, options_of(webhook))
        except HuitouError as error:
            self._failed(delivery, error.message)
            return
        rest = batches_behind(export, webhook, delivery)
        for batch in islice(rest, batches):
            trouble = self.sender(webhook.url, secret, batch, self.room.clock())
            if trouble is not None:
                self._failed(delivery, f"webhook {delivery.webhook!r}: {trouble}")
                return
            WebhookDeliveries(self.room.database).arrived(delivery.delivery_id, batch.last_place, is_all=False)
            delivery = replace(delivery, sent_place=batch.last_place, attempts=0)
        if next(batches_behind(export, webhook, delivery), None) is None:
            WebhookDeliveries(self.room.database).arrived(delivery.delivery_id, delivery.sent_place, is_all=True)
            self._told(delivery, export)

    def _failed(self, delivery: Delivery, trouble: str) -> None:
        attempts = delivery.attempts + 1
        wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
        next_at = None if attempts >= MOST_ATTEMPTS else self.room.clock() + wait
        WebhookDeliveries(self.room.database).failed(delivery.delivery_id, attempts, trouble, next_at)

    def _told(self, delivery: Delivery, export: ListExport) -> None:
        details = {
            "webhook": delivery.webhook,
            "delivery_id": delivery.delivery_id,
            "left_out": {**export.left_out.counts},
        }
        now = self.room.clock()
        Audit(self.room.database).add(delivery.asked_by, "list.sent", delivery.list_id, details, now)


def ask_delivery(room: Workroom, list_id: str, webhook: str, actor: str) -> Delivery:
    """Have a list sent to a webhook; one that was given up goes on where it stopped, one on its way goes on.

    Raises :class:`HuitouError` when there is no such list or webhook.
    """
    options = options_of(webhook_called(room.shop, webhook))
    checked = ListExport.of(room, list_id, options).options
    deliveries = WebhookDeliveries(room.database)
    asked = next((each for each in deliveries.of_list(list_id) if each.webhook == webhook and each.state != SENT), None)
    if asked is None:
        asked = Delivery(random_id(), webhook, list_id, room.clock(), actor)
        deliveries.add(asked)
    elif asked.state == FAILED:
        deliveries.again(asked.delivery_id, room.clock())
    details = {"webhook": webhook, "groups": checked.groups, "contact_fields": [*checked.contact_columns]}
    Audit(room.database).add(actor, "list.send", list_id, details, room.clock())
    return deliveries.get(asked.delivery_id)


def not_sent(room: Workroom, delivery: Delivery) -> LeftOut:
    """Who of a delivery's list is not sent, as of now: they must no longer be written to."""
    return ListExport.of(room, delivery.list_id, options_of(webhook_called(room.shop, delivery.webhook))).left_out


def options_of(webhook: Webhook) -> ExportOptions:
    """What is sent to a webhook."""
    return ExportOptions("jsonl", tuple(webhook.columns), webhook.groups, webhook.language)


def batches_behind(export: ListExport, webhook: Webhook, delivery: Delivery) -> Iterator[Batch]:
    """The batches of those whom a delivery did not reach yet.

    Each is of a range of places, whoever of them is left: a batch that comes again is of the same people, or fewer,
    although somebody must no longer be written to meanwhile.
    """
    first, held = delivery.sent_place + 1, list[dict[str, Any]]()
    for number in range(export.blocks):
        places = export.places(number)
        if not places.size or places[-1] < first:
            continue
        for place, row in zip(places.tolist(), export.table(number).to_pylist(), strict=True):
            if place < first:
                continue
            further = (place - first) // webhook.batch_rows * webhook.batch_rows
            if further and held:
                yield _batch(export.frozen, delivery, first, webhook.batch_rows, held)
                held = []
            first += further
            held.append(row)
    if held:
        yield _batch(export.frozen, delivery, first, webhook.batch_rows, held)


def _batch(frozen: FrozenList, delivery: Delivery, first: int, places: int, held: list[dict[str, Any]]) -> Batch:
    of_list = {"list_id": frozen.list_id, "name": frozen.name, "version": frozen.version}
    content = {"delivery_id": delivery.delivery_id, **of_list, "members": held}
    return Batch(delivery.delivery_id, first, min(first + places - 1, frozen.counts["members"]), content)
