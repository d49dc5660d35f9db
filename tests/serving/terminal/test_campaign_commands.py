"""The commands about campaigns print what the shop needs to know, and write charts that open."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from features.errors import HuitouError
from serving.absorb import absorb
from serving.campaigns.holdout_results import holdout_results
from serving.database.inbox import Inbox
from serving.database.marketing.holdout import Holdout
from serving.desk.workroom import Workroom
from serving.terminal.campaign_commands import CampaignCommands
from tests.serving.campaigns.campaign_shop import PEOPLE, arms, at, campaign_room, days, made_list, order
from tests.serving.published_shop import NOW

Run = Callable[..., str]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path) as opened:
        yield opened


@pytest.fixture
def run(room: Workroom) -> Run:
    """Runs a command some days after noon; what it prints."""

    def command(*words: str, day: float = 0) -> str:
        out = StringIO()
        commands = CampaignCommands(lambda: days(day), lambda: None, Console(file=out, width=300))
        result = CliRunner().invoke(commands.group(), [*words, "--shop", str(room.shop.path)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return out.getvalue()

    return command


def test_from_making_to_the_verdict(room: Workroom, run: Run, tmp_path: Path) -> None:
    """Create, list, tell of contacts, results with a chart and JSON, and the pool."""
    header = made_list(room)
    treated, control = arms(room, header)
    assert run("list").startswith("there is no campaign yet; huitou campaign create NAME --list LIST")
    made = run("create", "spring", "--list", header.list_id, "--channel", "email", "--pool", "p")
    assert "running" in made
    assert "spring" in run("list")
    campaign_id = room_campaign(room)
    assert f"once it has ended: huitou campaign results {campaign_id}" in made
    assert json.loads(run("show", campaign_id))["list_id"] == header.list_id
    order(room, treated[:100], days(1))
    order(room, control[:9], days(1))
    file = tmp_path / "contacts.csv"
    file.write_text(f"customer_id,outcome\n{treated[0]},sent\n{control[0]},sent\nnobody,sent\n")
    told = run("contacts", campaign_id, str(file), day=2)
    assert "noted 1, noted in control 1, rejected 1" in told
    assert "row 4: this customer is not on the list of this campaign." in told
    assert "without a verdict" in run("results", campaign_id, day=3)
    chart, everything = tmp_path / "chart.svg", tmp_path / "results.json"
    shown = run("results", campaign_id, "--chart", str(chart), "--json", str(everything), day=20)
    assert ("It helped: 47.62% of those written to ordered, against 10.00% of the control group") in shown
    assert "incremental orders" in shown
    assert "written to by mistake" in shown
    assert "<svg" in chart.read_text()
    assert json.loads(everything.read_text())["verdict"]["kind"] == "helped"
    page = tmp_path / "chart.html"
    chinese = run("results", campaign_id, "--language", "zh", "--chart", str(page), day=20)
    assert "活动有效" in chinese
    assert "活跃老客" in chinese
    assert "逐日累计下单率" in page.read_text() or "\\u9010" in page.read_text()
    assert "Pool p: 1 campaigns" in run("pool", "p", day=20)


def room_campaign(room: Workroom) -> str:
    """The id of the only campaign."""
    from serving.database.marketing.campaigns import Campaigns

    return Campaigns(room.database).newest(1)[0].campaign_id


def test_planning_and_making_what_is_planned(run: Run) -> None:
    """The calendar's suggestions are printed, and made when asked; when asked again, those that are new."""
    assert "birthday" in run("planned", "--occasion", "birthday", "--days", "20")
    made = run("planned", "--occasion", "birthday", "--days", "20", "--make")
    assert made.count(" planned ") == 3
    assert "made before" not in made
    again = run("planned", "--occasion", "birthday", "--days", "27", "--make")
    assert again.count(" planned ") == 1
    assert "made before: 3 of 4" in again


def test_a_request_from_a_file(room: Workroom, run: Run, tmp_path: Path) -> None:
    """The same body as over HTTP; options add to it, and stopping is told."""
    file = tmp_path / "campaign.json"
    file.write_text(json.dumps({"name": "later", "list_id": made_list(room).list_id, "channel": "sms"}))
    told = run("create", "--request", str(file), "--starts", "2025-03-09T12:00:00Z")
    assert "planned" in told
    assert "campaign later is stopped" in run("stop", room_campaign(room))


def test_the_holdout_since_a_moment(room: Workroom, run: Run, tmp_path: Path) -> None:
    """The period is the one asked for, as over HTTP, in the shop's zone where none is said."""
    order(room, [f"c{number:05}" for number in range(PEOPLE)], days(-30))
    absorb(room.shop, Inbox(room.database))
    Holdout(room.database).set(0.33, days(0), "k1", lambda: "salt")
    whole, later = tmp_path / "whole.json", tmp_path / "later.json"
    run("holdout", "--json", str(whole), day=30)
    run("holdout", "--since", "2025-03-06T12:00", "--json", str(later), day=30)
    assert json.loads(whole.read_text()) == holdout_results(at(room, days(30)))
    assert json.loads(later.read_text()) == holdout_results(at(room, days(30)), days(5))
    with pytest.raises(HuitouError, match="since must be from 2025-03-01T12:00:00"):
        run("holdout", "--since", "2025-02-28", day=30)
    with pytest.raises(HuitouError, match="since must be a day or a moment; got 'soon'"):
        run("holdout", "--since", "soon", day=30)


def test_mistakes(run: Run, tmp_path: Path) -> None:
    """A chart of another kind, a file that is no JSON, nobody held out."""
    for words, message in (
        (("results", "x", "--chart", "chart.pdf"), "chart must end with .html or .svg; got chart.pdf."),
        (("create", "--request", str(tmp_path / "none.json")), "must be a JSON object"),
        (("holdout",), "nobody is held out"),
    ):
        with pytest.raises(HuitouError, match=message):
            run(*words)
    assert NOW.tzinfo is not None
