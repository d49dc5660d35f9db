"""The table of deliveries: how far each is, when it is tried again, and when it is given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.deliveries import FAILED, SENT, WAITING, Delivery, WebhookDeliveries
from tests.serving.published_shop import NOW

ASKED = Delivery("d1", "crm", "l1", NOW, "k1", next_at=NOW)


@pytest.fixture
def deliveries(tmp_path: Path, database_url: str | None) -> Iterator[WebhookDeliveries]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    yield WebhookDeliveries(engine)
    engine.dispose()


def test_a_delivery_goes_on_until_all_arrived(deliveries: WebhookDeliveries) -> None:
    """It waits while something is left, and is not due any more once everything arrived."""
    deliveries.add(ASKED)
    assert deliveries.due(NOW) == [ASKED] == [deliveries.get("d1")]
    deliveries.failed("d1", 1, "it answered 500", NOW + timedelta(seconds=5))
    assert deliveries.due(NOW) == []
    assert deliveries.due(NOW + timedelta(seconds=5))[0].trouble == "it answered 500"
    deliveries.arrived("d1", 500, is_all=False)
    found = deliveries.get("d1")
    assert (found.state, found.sent_place, found.attempts, found.trouble) == (WAITING, 500, 0, None)
    deliveries.arrived("d1", 700, is_all=True)
    assert (deliveries.get("d1").state, deliveries.due(NOW + timedelta(days=1))) == (SENT, [])


def test_one_that_is_given_up_can_go_on(deliveries: WebhookDeliveries) -> None:
    """Without a next try it has failed; asked again it goes on where it stopped."""
    deliveries.add(replace(ASKED, sent_place=500))
    deliveries.failed("d1", 10, "it answered 500", None)
    assert deliveries.get("d1").state == FAILED
    deliveries.again("d1", NOW)
    assert (deliveries.get("d1").state, deliveries.get("d1").sent_place) == (WAITING, 500)


def test_of_a_list(deliveries: WebhookDeliveries) -> None:
    """The newest of one list first; what is not known is told."""
    deliveries.add(ASKED)
    deliveries.add(replace(ASKED, delivery_id="d2", asked_at=NOW + timedelta(hours=1)))
    deliveries.add(replace(ASKED, delivery_id="d3", list_id="l2"))
    assert [each.delivery_id for each in deliveries.of_list("l1")] == ["d2", "d1"]
    with pytest.raises(HuitouError, match="there is no delivery 'd9'"):
        deliveries.get("d9")
