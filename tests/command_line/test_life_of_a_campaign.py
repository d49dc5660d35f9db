"""A campaign's whole life by commands and over HTTP: a list, messages, orders, results, and what training keeps."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from features.events.simulate import SimulationSettings, simulate
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.command_line.command import done, new_shop, refused, written
from tests.command_line.moved_clock import command_line_at
from tests.command_line.served_life import Life, served_life
from tests.serving.privacy.searched import files_with

DAYS = 40
EVENING = datetime(2025, 3, 3, 14, 30, tzinfo=UTC)
"""Half past ten in the evening of the shop, on the day after the last events."""
SIMULATED = SimulationSettings(
    customers=800,
    items=40,
    days=DAYS,
    events_per_customer=20,
    anonymous_share=0.0,
    start=date(2025, 3, 3) - timedelta(days=DAYS),
)
CARE = '{"channels": {"email": {"caps": [{"most": 1, "within_days": 30}]}}}'
ASKED = {"name": "open carts", "template": "open-cart", "control_share": 0.2, "channel": "email"}
BOUGHT = {"treatment": 3, "control": 1}
"""What was planted: so many of each five in a group order."""


@dataclass(frozen=True)
class Told:
    """What the life of the campaign left behind, one piece for each test."""

    first: bytes
    """The list as the command wrote it."""
    same: bytes
    """The same list as the service exports it."""
    again: bytes
    """The list that was made over HTTP by the same request."""
    again_by_command: bytes
    """That one, as the command exports it."""
    campaign: Mapping[str, Any]
    """The campaign as it was made in the evening."""
    before: str
    """What its results were before it began."""
    contacts_by_command: str
    """What the command said to a file of contacts."""
    contacts_by_http: Mapping[str, Any]
    """What the service answered to further contacts."""
    second: Mapping[str, Any]
    """Another list, made while the campaign ran."""
    second_file: bytes
    """That list as the service exports it."""
    late: bytes
    """The first list once more, as the service exports it after everything."""
    results: Mapping[str, Any]
    """The results over HTTP once the campaign has ended."""
    results_by_command: Mapping[str, Any]
    said: Mapping[str, str]
    """What the command printed, by language."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[Life]:
    """A simulated shop: imported, trained, published, and served."""
    folder = tmp_path_factory.mktemp("campaign")
    simulate(SIMULATED).write(folder / "exports")
    with command_line_at(EVENING) as clock:
        shop = new_shop(folder / "shop", store, "--timezone", "Asia/Shanghai")
        for name in ("items", "customers", "events"):
            done("import", name, folder / "exports" / f"{name}.parquet", "--shop", shop)
        done("train", "--shop", shop, "--horizon-days", 14)
        done("publish", "--shop", shop)
        (shop / "contact_care.json").write_text(CARE)
        with served_life(shop, clock) as life:
            yield life


@pytest.fixture(scope="module")
def told(life: Life) -> Told:
    """The life itself, from the first list to the verdict."""
    out = life.shop.parent / "open-carts.csv"
    options = ("--template", "open-cart", "--control", 0.2, "--channel", "email", "--format", "csv", "--out", out)
    listed = life.command("list", "--name", "open carts", *options)
    list_id = re.findall(r"; its id is (\w+)$", listed, re.MULTILINE)[0]
    same, again = life.file(list_id), life.post("/v1/lists", ASKED)["list_id"]
    again_file = life.file(again)
    export = life.shop.parent / "again.csv"
    life.command("lists", "export", again, "--out", export)
    groups = group_of(out.read_bytes())
    life.command("campaign", "create", "carts in March", "--list", list_id, "--channel", "email")
    campaign = life.get("/v1/campaigns")["campaigns"][0]
    before = refused("campaign", "results", campaign["campaign_id"], "--shop", life.shop)
    life.clock.move(hours=10)
    life.mover_round()
    by_command, by_http = told_contacts(life, campaign["campaign_id"], groups)
    life.clock.move(days=3)
    order(life, groups)
    second = life.post("/v1/lists", ASKED | {"name": "everybody", "template": None, "filter": {"everyone": True}})
    life.clock.move(days=12)
    life.mover_round()
    results = life.get(f"/v1/campaigns/{campaign['campaign_id']}/results")
    file = life.shop.parent / "results.json"
    show = ("campaign", "results", campaign["campaign_id"], "--language")
    said = {language: life.command(*show, language, "--json", file) for language in ("en", "zh")}
    return Told(
        first=out.read_bytes(),
        same=same,
        again=again_file,
        again_by_command=export.read_bytes(),
        campaign=campaign,
        before=before,
        contacts_by_command=by_command,
        contacts_by_http=by_http,
        second=second,
        second_file=life.file(second["list_id"]),
        late=life.file(list_id),
        results=results,
        results_by_command=json.loads(file.read_text()),
        said=said,
    )


def rows_of(file: bytes) -> list[dict[str, str]]:
    """The rows of a list as CSV."""
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def group_of(file: bytes) -> dict[str, str]:
    """The group of each customer on a list."""
    return {row["customer_id"]: row["group"] for row in rows_of(file)}


def buyers(groups: Mapping[str, str]) -> list[str]:
    """Who orders: some of each group, as planted."""
    arms = {group: [who for who in groups if groups[who] == group] for group in BOUGHT}
    return [who for group, people in arms.items() for place, who in enumerate(people) if place % 5 < BOUGHT[group]]


def told_contacts(life: Life, campaign_id: str, groups: Mapping[str, str]) -> tuple[str, Any]:
    """Tell what became of the messages: of the first ten by a file, of the others over HTTP; one asked for no more."""
    treated = [who for who, group in groups.items() if group == "treatment"]
    lines = ("客户编号,状态", *(f"{who},已送达" for who in treated[:10]), "nobody,已送达")
    file = written(life.shop.parent / "contacts.csv", lines)
    by_command = life.command("campaign", "contacts", campaign_id, file)
    rows = [{"customer_id": who, "outcome": "opened"} for who in treated[10:]]
    rows.append({"customer_id": treated[0], "outcome": "unsubscribed"})
    return by_command, life.post(f"/v1/campaigns/{campaign_id}/contacts", {"contacts": rows})


def order(life: Life, groups: Mapping[str, str]) -> None:
    """Send the planted orders as events."""
    moment = (life.clock() - timedelta(hours=2)).isoformat()
    item = {"item_id": "item-00001", "kind": "purchase", "occurred_at": moment, "unit_price": "50.00"}
    events = [item | {"event_id": f"bought-{who}", "customer_id": who} for who in buyers(groups)]
    assert life.post("/v1/events", {"events": events})["stored"] == len(events)


def test_a_new_day_in_the_shop(life: Life) -> None:
    """Numbers, alerts, layers and the preview of a list are told of what was imported."""
    assert re.search(r"│ Orders +│ +\d", life.command("overview"))
    assert "2025-03-02: " in life.command("alerts")
    assert "High win-back" in life.command("layers")
    preview = life.command("audience", "preview", "--template", "open-cart", "--control-share", 0.2)
    assert re.search(r"^\d+ may be written to", preview, re.MULTILINE)


def test_a_list_is_the_same_by_command_and_over_http(told: Told) -> None:
    """The file of a list is the same to the byte, and the same request over HTTP holds the same people and groups."""
    assert told.same == told.first
    assert told.again_by_command == told.again
    assert group_of(told.again) == group_of(told.first)
    members = rows_of(told.first)
    assert {row["list_version"] for row in members} == {"1"}
    assert {row["list_version"] for row in rows_of(told.again)} == {"2"}
    share = sum(row["group"] == "control" for row in members) / len(members)
    assert len(members) > 50
    assert share == pytest.approx(0.2, abs=0.05)
    assert "红茶" in told.first.decode("utf-8-sig")


def test_nothing_goes_out_at_night(told: Told) -> None:
    """A campaign made late in the evening starts in the morning, and has no results before."""
    campaign = told.campaign
    assert (campaign["state"], campaign["asked_start"]) == ("planned", None)
    assert datetime.fromisoformat(campaign["starts"]) == datetime(2025, 3, 4, 0, 0, tzinfo=UTC)
    assert told.before == (
        "campaign 'carts in March' starts at 2025-03-04T00:00:00+00:00: there is nothing to measure yet."
    )


def test_what_became_of_the_messages(told: Told) -> None:
    """Contacts are taken from a Chinese file and over HTTP, and who is not on the list is told."""
    treated = sum(group == "treatment" for group in group_of(told.first).values())
    assert "noted 10, rejected 1" in told.contacts_by_command
    assert "row 12: this customer is not on the list of this campaign." in told.contacts_by_command
    assert (told.contacts_by_http["noted"], told.contacts_by_http["rejected"]) == (treated - 9, 0)
    outcomes = told.results["contacts"]["outcomes"]
    assert outcomes == {"delivered": 9, "opened": treated - 10, "unsubscribed": 1}


def test_the_effect_is_found(told: Told) -> None:
    """Everybody on the list counts in the group that was drawn, and the planted effect is told in both languages."""
    groups = group_of(told.first)
    bought, effects = {*buyers(groups)}, told.results["effects"]
    for arm, group in (("treated", "treatment"), ("control", "control")):
        people = [who for who in groups if groups[who] == group]
        rate = sum(who in bought for who in people) / len(people)
        assert effects[arm]["people"] == len(people)
        assert effects[arm]["conversion"]["value"] == pytest.approx(rate)
    lift = effects["absolute_lift"]
    assert 0 < lift["low"] < lift["value"] < lift["high"]
    assert told.results["verdict"]["kind"] == "helped"
    for language, said in told.said.items():
        assert told.results["verdict"]["sentence"][language] in said


def test_results_are_the_same_by_command_and_over_http(told: Told) -> None:
    """The file of the command and the answer of the service say the same."""
    for part in ("interim", "verdict", "effects", "daily_curve", "layers", "contacts", "notes"):
        assert told.results_by_command[part] == told.results[part], part


def test_another_list_leaves_out_who_had_enough(told: Told) -> None:
    """Who was written to is at the cap, who asked for no more gets none, who ordered since needs none: all counted."""
    groups, second = group_of(told.first), group_of(told.second_file)
    treated = {who for who, group in groups.items() if group == "treatment"}
    assert second.keys() & (treated | {*buyers(groups)}) == set()
    assert second.keys() & groups.keys()
    excluded = told.second["counts"]["excluded"]
    assert (excluded["capped_channel"], excluded["no_consent"]) == (len(treated) - 1, 1)
    assert excluded["bought_since"] == len({*buyers(groups)} - treated)


def test_a_list_that_is_pulled_late_leaves_out_who_needs_none(told: Told) -> None:
    """Who ordered or asked for no more since the list was made is not in its file any more; nobody else is missing."""
    groups = group_of(told.first)
    gone = groups.keys() - group_of(told.late).keys()
    ordered = {*buyers(groups)}
    assert {who for who in ordered if groups[who] == "treatment"} <= gone
    assert len(gone - ordered) <= 1


def test_a_backup_holds_lists_and_campaigns(life: Life, told: Told, tmp_path: Path) -> None:
    """The restored shop has the same lists, the same files and the same results; one deleted there is deleted."""
    life.command("backup", "--out", tmp_path / "shop.tar")
    again = tmp_path / "again"
    done("restore", tmp_path / "shop.tar", "--shop", again)
    for shown in (("lists", "show"), ("campaign", "list")):
        assert done(*shown, "--shop", again) == life.command(*shown)
    file = tmp_path / "restored.csv"
    export = ("lists", "export", told.campaign["list_id"], "--as-frozen", "--shop", again, "--out", file)
    done(*export)
    assert file.read_bytes() == told.first
    results = ("campaign", "results", told.campaign["campaign_id"], "--shop", again)
    assert done(*results) == told.said["en"].partition("everything is in")[0]
    who = next(who for who, group in group_of(told.first).items() if group == "treatment")
    done("people", "erase", who, "--shop", again)
    assert files_with(again, [who]) == {}
    done(*export)
    assert {*group_of(told.first)} - {*group_of(file.read_bytes())} == {who}
    assert "1 of those written to and 0 of the control group were deleted" in done(*results)


def test_training_knows_the_campaign_once(life: Life, told: Told) -> None:
    """Both groups are in the warehouse's contacts, each person once, also after training and publishing again."""
    groups = group_of(told.first)
    campaign_id = told.campaign["campaign_id"]
    life.command("train", "--horizon-days", 14)
    life.command("publish")
    contacts = Warehouse.open(ShopFolder.open(life.shop)).contacts()
    ours = contacts.filter(pc.equal(contacts["campaign_id"], campaign_id)).to_pylist()
    arms = {row["customer_id"]: row["arm"] for row in ours}
    assert len(ours) == len(groups)
    assert arms == {who: {"treatment": "treated"}.get(group, group) for who, group in groups.items()}
    assert {row["contacted_at"] for row in ours} == {datetime(2025, 3, 4, tzinfo=UTC)}
    assert len(life.get("/v1/lists")["lists"]) == 3
