"""The Python client of the documents, against the real service."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from docs.examples.huitou_client import Event, Huitou, HuitouError, Sender
from docs.examples.huitou_client.client import MOST_ROWS
from tests.serving.living_service import LivingService
from tests.serving.published_shop import small_shop


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LivingService]:
    """A running service with nothing fresh."""
    with LivingService(small_shop(tmp_path / "shop")) as service:
        yield service


@pytest.fixture
def huitou(service: LivingService, pauses: list[float]) -> Iterator[Huitou]:
    """A client of the service that writes its pauses down instead of waiting."""
    huitou = Huitou(service.url, pause=pauses.append)
    yield huitou
    huitou.close()


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that the client made, in seconds."""
    return []


@contextmanager
def answering(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """A service that gives these answers in turn and keeps the bodies that it was sent."""
    left, bodies = list(answers), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, body = left.pop(0)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", bodies
        finally:
            server.shutdown()
            thread.join()


BUSY: tuple[int, dict[str, str], bytes] = (503, {}, b'{"error": {"code": "busy", "message": "too much waits."}}')
DONE: tuple[int, dict[str, str], bytes] = (200, {}, b'{"stored": 1, "repeated": 0, "rejected": 0, "results": []}')


def test_an_answer_is_read_into_types(huitou: Huitou) -> None:
    """Items come in order with their reasons, and times are moments with a zone."""
    page = huitou.recommend(customer_id="anna", placement="home", n=2, exclude=["zip"])
    assert [item.item_id for item in page.items] == ["kettle", "apple"]
    assert page.items[0].reason == "in your cart"
    assert page.as_of == datetime(2025, 3, 1, tzinfo=UTC)
    assert (page.placement, page.tier, page.fallback) == ("home", "ranker", None)


def test_several_places_share_no_item(huitou: Huitou) -> None:
    """Each place has its own answer, in the order of the request."""
    asked = [{"placement": "home", "n": 2}, {"placement": "footer", "n": 2}]
    home, footer = huitou.recommend_several(asked, customer_id="anna")
    assert (home.placement, footer.placement) == ("home", "footer")
    assert len({item.item_id for item in (*home.items, *footer.items)}) == 4


def test_ids_may_be_any_text(huitou: Huitou) -> None:
    """A slash and Chinese in an id, and true and false in a query, arrive as they are meant."""
    found = huitou.related("a/b 苹果", kind="viewed_together", n=3, in_stock=False)
    assert [item.item_id for item in found] == ["apple", "gone", "kettle"]


def test_events_are_stored_and_change_the_next_answer(huitou: Huitou, service: LivingService) -> None:
    """Sums of money and times arrive; the bought item is not recommended again."""
    bought = Event("kettle", "purchase", customer_id="anna", quantity=2, unit_price=Decimal("49.90"), order_id="o-1")
    taken = huitou.send([bought])
    assert (taken.stored, taken.repeated, taken.rejected) == (1, 0, ())
    assert [row["event_id"] for row in service.stored()] == [bought.event_id]
    assert "kettle" not in [item.item_id for item in huitou.recommend(customer_id="anna").items]


def test_sending_again_stores_nothing_again(huitou: Huitou, service: LivingService) -> None:
    """An event keeps its id, so that a repeated request is harmless."""
    events = [Event("kettle", "view", customer_id="anna"), Event("apple", "view", visitor_id="v")]
    assert huitou.send(events).stored == 2
    assert huitou.send(events).repeated == 2
    assert len(service.stored()) == 2


def test_many_events_go_in_several_requests(huitou: Huitou) -> None:
    """More events than fit into one request are cut up, and a rejected one is named by its place in the whole."""
    events = [Event("kettle", "view", customer_id="anna") for _ in range(MOST_ROWS + 2)]
    events[MOST_ROWS + 1] = Event("kettle", "order", customer_id="anna")
    taken = huitou.send(events)
    assert taken.stored == MOST_ROWS + 1
    [rejected] = taken.rejected
    assert (rejected.row, rejected.field) == (MOST_ROWS + 2, "kind")
    assert rejected.message.startswith("kind must be one of view")


def test_an_opt_out_counts_at_once(huitou: Huitou) -> None:
    """What is said of a customer changes the next answer."""
    assert huitou.describe("customers", [{"customer_id": "anna", "personalized": False}]).stored == 1
    assert huitou.recommend(customer_id="anna").fallback == "opted_out"


def test_a_merged_visitor_is_the_customer(huitou: Huitou) -> None:
    """What the visitor did before counts for the customer from the next answer on."""
    huitou.send([Event("tea 🍵", "cart", visitor_id="v 9")])
    huitou.merge("v 9", "b/o b")
    assert "tea 🍵" in [item.item_id for item in huitou.recommend(customer_id="b/o b", n=3).items]


def test_a_mistake_is_told_and_not_repeated(huitou: Huitou, pauses: list[float]) -> None:
    """What the service refuses comes as one error with its parts, at the first attempt."""
    with pytest.raises(HuitouError, match="n must be at most 50; got 51") as caught:
        huitou.recommend(customer_id="anna", n=51)
    assert (caught.value.status, caught.value.code, caught.value.field) == (422, "invalid", "n")
    assert pauses == []


def test_the_service_comes_back(service: LivingService, pauses: list[float]) -> None:
    """While the service is away events are tried again with growing pauses, and then stored once."""

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            service.start()

    huitou = Huitou(service.url, pause=pause)
    huitou.recommend(customer_id="anna")
    service.stop()
    assert huitou.send([Event("kettle", "view", customer_id="anna")]).stored == 1
    huitou.close()
    assert len(service.stored()) == 1
    assert [0.1 <= pauses[0] <= 0.2, 0.2 <= pauses[1] <= 0.4, 0.4 <= pauses[2] <= 0.8] == [True] * 3


def test_a_page_does_not_wait_for_a_service_that_is_away(
    huitou: Huitou, service: LivingService, pauses: list[float]
) -> None:
    """A question is asked once: the page goes on with the error, which says that nobody answered."""
    service.stop()
    with pytest.raises(HuitouError, match="the service did not answer: .*refused") as caught:
        huitou.recommend(customer_id="anna")
    assert (caught.value.status, caught.value.code, pauses) == (0, "unreachable", [])


def test_a_restart_between_two_requests_is_not_noticed(
    huitou: Huitou, service: LivingService, pauses: list[float]
) -> None:
    """A kept connection that the service has ended is opened anew, without an error or a pause."""
    huitou.recommend(customer_id="anna")
    service.stop()
    service.start()
    assert huitou.recommend(customer_id="anna").items
    assert pauses == []


def test_retry_after_is_honoured(pauses: list[float]) -> None:
    """The client waits as long as the service asks for, and sends the same bytes again."""
    with answering((503, {"Retry-After": "3"}, BUSY[2]), (429, {"Retry-After": "7"}, b"{}"), DONE) as (url, bodies):
        assert Huitou(url, pause=pauses.append).send([Event("kettle", "view", customer_id="anna")]).stored == 1
    assert pauses == [3, 7]
    assert bodies[0] == bodies[1] == bodies[2]


def test_attempts_end(pauses: list[float]) -> None:
    """After the last attempt the error is raised; a pause beyond half a minute is not waited for at all."""
    with answering(BUSY, BUSY) as (url, bodies), pytest.raises(HuitouError, match="too much waits"):
        Huitou(url, attempts=2, pause=pauses.append).send([Event("kettle", "view", customer_id="anna")])
    assert (len(bodies), len(pauses)) == (2, 1)
    with answering((503, {"Retry-After": "3600"}, BUSY[2])) as (url, _), pytest.raises(HuitouError) as caught:
        Huitou(url, pause=pauses.append).send([Event("kettle", "view", customer_id="anna")])
    assert (caught.value.retry_after_s, len(pauses)) == (3600, 1)


def test_an_answer_that_is_not_huitous_is_an_error() -> None:
    """A page of a proxy, whatever its status, is told as unreadable."""
    for status in (200, 404):
        with (
            answering((status, {}, b"<html>")) as (url, _),
            pytest.raises(HuitouError, match=f"status {status}") as caught,
        ):
            Huitou(url).recommend(customer_id="anna")
        assert caught.value.code == "unreadable"


def test_the_sender_gathers_and_empties_itself(service: LivingService) -> None:
    """Events added one by one go together, and closing sends what is left."""
    sender = Sender(Huitou(service.url), gather_s=0.01)
    for _ in range(20):
        sender.add(Event("kettle", "view", customer_id="anna"))
    sender.close()
    assert (len(service.stored()), sender.lost) == (20, 0)


def test_the_sender_counts_what_it_gave_up(service: LivingService) -> None:
    """Where the service stays away for all attempts the events are lost, and counted."""
    service.stop()
    sender = Sender(Huitou(service.url, attempts=1), gather_s=0.01)
    sender.add(Event("kettle", "view", customer_id="anna"))
    sender.close()
    assert sender.lost == 1
