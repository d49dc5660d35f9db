"""The snippet for pages, in a real browser, on pages of another origin than the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.examples.shop_pages import SNIPPET, Pages, serving_pages
from tests.serving.living_service import LivingService
from tests.serving.published_shop import small_shop

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
NOTHING: dict[str, Any] = {"recommendation_id": None, "items": [], "placements": []}
EVENTS = ("POST", "/v1/events", 200)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def pages() -> Iterator[Pages]:
    """The shop's pages."""
    with serving_pages() as pages:
        yield pages


@pytest.fixture
def service(tmp_path: Path, pages: Pages) -> Iterator[LivingService]:
    """A service with a key for these pages."""
    service = LivingService(small_shop(tmp_path / "shop"))
    pages.use(service.url, service.make_key("browser", [pages.origin]))
    with service:
        yield service


@pytest.fixture
def page(browser: Browser, pages: Pages, service: LivingService) -> Iterator[Page]:
    """The shop's page in a browser that was never here, after the visitor agreed."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages.origin)
        page.evaluate("huitou.consent(true)")
        yield page


def payloads(service: LivingService) -> list[dict[str, Any]]:
    """What the service has stored."""
    return [json.loads(row["payload"]) for row in service.stored()]


def kept(page: Page, name: str) -> Any:
    """What the snippet keeps under a name in this browser."""
    return page.evaluate("(name) => JSON.parse(localStorage.getItem('huitou.' + name))", name)


def test_the_snippet_is_small() -> None:
    """One can read it in a minute: fewer than 200 lines."""
    assert len(SNIPPET.read_text(encoding="utf-8").splitlines()) < 200


def test_a_click_is_stored(page: Page, service: LivingService) -> None:
    """A click on a marked element arrives as an event of this visitor, and nothing stays behind."""
    with page.expect_response("**/v1/events"):
        page.click("#cart b")
    [event] = payloads(service)
    assert (event["item_id"], event["kind"], event["channel"]) == ("kettle", "cart", "web")
    [row] = service.stored()
    assert row["customer_id"] == "visitor:" + page.evaluate("huitou.visitor()")
    page.wait_for_function("localStorage.getItem('huitou.unsent') === '[]'")


def test_events_go_together(page: Page, service: LivingService) -> None:
    """What is done at about the same time is one request."""
    page.evaluate("for (const item_id of ['kettle', 'apple', 'zip']) huitou.event('view', { item_id })")
    service.answered.wait_for(*EVENTS)
    assert len(service.stored()) == 3
    assert service.answered.count(*EVENTS) == 1


def test_a_service_that_is_away_gets_the_event_later(page: Page, service: LivingService) -> None:
    """The snippet tries again by itself, and the event is stored once."""
    service.stop()
    with page.expect_event("requestfailed"):
        page.click("#cart")
    service.start()
    service.answered.wait_for(*EVENTS)
    assert len(service.stored()) == 1


@pytest.mark.parametrize("leaving", ["location.href = '/plain'", "window.close()"])
def test_leaving_loses_nothing(page: Page, service: LivingService, leaving: str) -> None:
    """What is done in the last moment before the page is left, or closed, arrives all the same."""
    page.evaluate(f"huitou.event('purchase', {{ item_id: 'kettle', quantity: 2 }}); {leaving}")
    service.answered.wait_for(*EVENTS)
    assert [(event["kind"], event["quantity"]) for event in payloads(service)] == [("purchase", 2)]


def test_the_next_page_sends_what_could_not_be_sent(page: Page, pages: Pages, service: LivingService) -> None:
    """While the service is away events wait in the browser, also when the page is left."""
    service.stop()
    with page.expect_event("requestfailed"):
        page.click("#cart")
    page.goto(f"{pages.origin}/plain")
    service.start()
    page.goto(pages.origin)
    service.answered.wait_for(*EVENTS)
    assert len(service.stored()) == 1


def test_sending_twice_stores_once(page: Page, service: LivingService) -> None:
    """Where the answer gets lost on its way the events are sent again, and the service knows them."""
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if not lost:
            lost.append(route.request.post_data or "")
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/v1/events", lose_first)
    page.click("#cart")
    with page.expect_response("**/v1/events") as again:
        pass
    said = again.value.json()
    assert (said["stored"], said["repeated"]) == (0, 1)
    assert len(lost) == len(service.stored()) == 1


def test_a_foreign_page_is_refused(browser: Browser, pages: Pages, service: LivingService) -> None:
    """A page of an origin that the key was not made for stores nothing and reads nothing."""
    with serving_pages() as foreign, browser.new_context() as context:
        foreign.page = pages.page
        page = context.new_page()
        page.goto(foreign.origin)
        with page.expect_event("requestfailed"):
            page.evaluate("huitou.consent(true); huitou.event('view', { item_id: 'kettle' }); huitou.flush(); 0")
        assert page.evaluate("huitou.recommend()") == NOTHING
        assert len(kept(page, "unsent")) == 1
    assert service.stored() == []


def test_without_consent_nothing_is_kept_or_sent(browser: Browser, pages: Pages, service: LivingService) -> None:
    """Before the visitor agreed the page shows what is popular, and this browser stays as it was."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages.origin)
        page.click("#cart")
        answer = page.evaluate("huitou.recommend({ placement: 'home', n: 2 })")
        assert (answer["fallback"], len(answer["items"])) == ("anonymous", 2)
        assert page.evaluate("[localStorage.length, huitou.visitor()]") == [0, None]
    assert service.answered.count(*EVENTS) == 0


def test_taking_consent_back_forgets(page: Page, pages: Pages, service: LivingService) -> None:
    """The visitor's id and what was unsent are gone, nothing more is sent, and the next page still knows."""
    page.evaluate("huitou.event('view', { item_id: 'kettle' }); huitou.consent(false)")
    assert page.evaluate("Object.entries(localStorage)") == [["huitou.consent", "false"]]
    page.goto(pages.origin)
    page.click("#cart")
    assert page.evaluate("Object.entries(localStorage)") == [["huitou.consent", "false"]]
    assert service.stored() == []


def test_what_follows_a_recommendation_names_it(page: Page, pages: Pages, service: LivingService) -> None:
    """Events about an item that was shown carry the id of the answer, on later pages too, for seven days."""
    answer = page.evaluate("huitou.recommend({ placement: 'home', n: 2, exclude: ['kettle'] })")
    [first, _] = [item["item_id"] for item in answer["items"]]
    page.goto(pages.origin)
    page.evaluate("(item_id) => huitou.event('cart', { item_id })", first)
    page.click("#cart")
    service.answered.wait_for(*EVENTS)
    named = {event["item_id"]: event.get("recommendation_id") for event in payloads(service)}
    assert named == {first: answer["recommendation_id"], "kettle": None}
    week_ms = 7 * 86_400_000
    page.evaluate(
        f"localStorage['huitou.shown'] = localStorage['huitou.shown'].replace(/\\d{{13}}/g, (at) => at - {week_ms})"
    )
    page.evaluate("(item_id) => huitou.event('purchase', { item_id })", first)
    service.answered.wait_for(*EVENTS, times=2)
    assert payloads(service)[-1].get("recommendation_id") is None


def test_a_long_silence_fills_no_browser(page: Page, service: LivingService) -> None:
    """While the service is away the newest 500 events are kept."""
    service.stop()
    page.evaluate("for (let i = 0; i < 510; i++) huitou.event('view', { item_id: `i${i}` })")
    unsent = kept(page, "unsent")
    assert (len(unsent), unsent[-1]["item_id"]) == (500, "i509")


def test_a_page_goes_on_without_the_service(page: Page, service: LivingService) -> None:
    """Where nothing can be recommended there are no items, and no error."""
    service.stop()
    assert page.evaluate("huitou.recommend({ placement: 'home' })") == NOTHING


def test_odd_item_ids_do_no_harm(page: Page, service: LivingService) -> None:
    """Ids that mean something in JavaScript are ids like all others."""
    page.evaluate(
        "for (const item_id of ['__proto__', 'constructor', '7', '张三/x']) huitou.event('view', { item_id })"
    )
    service.answered.wait_for(*EVENTS)
    assert sorted(event["item_id"] for event in payloads(service)) == ["7", "__proto__", "constructor", "张三/x"]
