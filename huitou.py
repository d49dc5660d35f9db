"""The front door: the command line. Here, and only here, the real parts are put together.

The clock, the environment and the terminal come in through this file; everything else gets them as arguments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings
from serving.terminal.alerts_command import alerts_command
from serving.terminal.audience_commands import audience_commands
from serving.terminal.audit_commands import audit_command
from serving.terminal.backtest_command import backtest_command
from serving.terminal.backup_commands import backup_command, erased_command, restore_command
from serving.terminal.campaign_commands import CampaignCommands
from serving.terminal.care_commands import care_commands
from serving.terminal.clusters_command import clusters_command
from serving.terminal.compare_commands import compare_commands
from serving.terminal.groups_commands import flow_command, layers_command
from serving.terminal.holdout_commands import holdout_commands
from serving.terminal.horizon_command import horizon_command
from serving.terminal.import_commands import import_commands
from serving.terminal.item_commands import bundles_command, related_command
from serving.terminal.keys_commands import keys_commands
from serving.terminal.list_command import list_command
from serving.terminal.lists_commands import ListsCommands
from serving.terminal.model_commands import model_commands
from serving.terminal.options import SHOP, Horizon, Shop
from serving.terminal.panels import PanelledGroup
from serving.terminal.people_commands import people_commands
from serving.terminal.playbook_commands import playbook_commands
from serving.terminal.privacy_commands import contact_key_command, erase_command, export_command
from serving.terminal.progress import bar, spinner
from serving.terminal.promotion_commands import PromotionCommands
from serving.terminal.results_commands import results_commands
from serving.terminal.rules_commands import rules_commands
from serving.terminal.serve_command import serve_command, serve_shop
from serving.terminal.shop_commands import ShopCommands
from serving.terminal.similar_command import similar_command
from serving.terminal.snapshot_commands import snapshot_commands
from serving.terminal.suppress_commands import suppress_commands
from serving.terminal.tables import show_training
from serving.terminal.uplift_command import uplift_command
from serving.terminal.written_down import write_down

if TYPE_CHECKING:  # What reads the warehouse is loaded by the commands that do.
    from features.behaviour import Behaviour

app = typer.Typer(
    cls=PanelledGroup,
    help="Huitou (回头): who is about to stop buying, what each customer wants next, and whom to write to today.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(soft_wrap=True, emoji=False)


def now() -> datetime:
    """The one place where the clock is read."""
    return datetime.now(UTC)


def database() -> str | None:
    """The URL of the database; None for the shop's own file."""
    return os.environ.get("HUITOU_DATABASE")


def registry(folder: ShopFolder) -> Any:
    """The versions of a shop's models."""
    from training.registry import Registry

    return Registry(folder, os.environ.get("HUITOU_MLFLOW"))


# A group of commands, or one that needs little from here, is a file of serving/terminal/ and a line here.
app.add_typer(import_commands(now, database, console), name="import")
app.add_typer(model_commands(registry, now, database, console), name="models")
app.add_typer(snapshot_commands(now, database, console), name="snapshots")
people = people_commands(now, console)
people.command("erase")(erase_command(now, database, console))
people.command("export")(export_command(now, database, console))
app.add_typer(people, name="people")
app.add_typer(rules_commands(now, console), name="rules")
app.add_typer(audience_commands(now, database, console), name="audience")
app.add_typer(playbook_commands(console), name="playbook")
app.add_typer(care_commands(now, console), name="care")
app.add_typer(suppress_commands(now, database, console), name="suppress")
app.add_typer(holdout_commands(now, database, console), name="holdout")
app.add_typer(CampaignCommands(now, database, console).group(), name="campaign")
app.add_typer(compare_commands(now, database, console), name="compare")
app.add_typer(results_commands(now, database, console), name="results")
app.add_typer(keys_commands(now, database, console), name="keys")
ShopCommands(now, database, console).add_to(app)
app.add_typer(PromotionCommands(now, database, console).group(), name="promotions")
app.command("alerts")(alerts_command(now, database, console))


@app.command()
def init(
    shop: Shop = SHOP,
    timezone: Annotated[str, typer.Option(help="IANA name of the shop's time zone.")] = "UTC",
    currency: Annotated[str, typer.Option(help="ISO 4217 code of its currency.")] = "CNY",
    buckets: Annotated[int, typer.Option(help="Parts that customers are split into; 64 for a large shop.")] = 16,
    set_aside: Annotated[
        bool, typer.Option("--set-aside/--everyone", help="Whether bots, resellers and test orders are set aside.")
    ] = True,
) -> None:
    """Make a new shop with settings of its own; importing makes one with the usual settings."""
    if (shop / "shop.json").exists():
        raise HuitouError(f"there is a shop in {shop} already. Change its settings in {shop / 'shop.json'}.")
    settings = ShopSettings(timezone=timezone, currency=currency, buckets=buckets, set_aside=set_aside)
    made = ShopFolder.create(shop, settings)
    console.print(f"shop {made.path}: time zone {made.settings.timezone}, currency {made.settings.currency}")


app.command("horizon")(horizon_command(now, console))


@app.command()
def train(shop: Shop = SHOP, horizon_days: Horizon = None) -> None:
    """Train on everything the shop knows; the result serves only if the gate lets it pass."""
    from features.behaviour import Behaviour
    from training.train import train as run

    folder = ShopFolder.open(shop)
    _absorb(folder)
    with spinner(console, "training") as said:
        outcome = run(Behaviour.of(folder), registry(folder), folder.bundles, now(), horizon_days, said)
    show_training(console, outcome)
    if outcome.gate.passed:
        console.print("publish it with: huitou publish")


def _absorb(folder: ShopFolder) -> None:
    """Move events that came through the API into the warehouse."""
    from serving.absorb import absorb_all
    from serving.database.connection import open_database
    from serving.privacy.erasing import Erasing
    from serving.privacy.merging import Merging

    url = database()
    if not folder.database.exists() and not url:
        return
    engine = open_database(folder, url)
    try:
        moved = absorb_all(folder, engine, now).events
        Merging(folder, engine).carry_out()
        Erasing(folder, engine).carry_out(now())
    finally:
        engine.dispose()
    if moved.stored:
        events = "event" if moved.stored == 1 else "events"
        console.print(f"{moved.stored:,} {events} from the API taken into the warehouse")


def _settled(folder: ShopFolder) -> Behaviour:
    """What the shop knows, each event either in it or still fresh."""
    from features.behaviour import Behaviour
    from serving.absorb import settled
    from serving.database.connection import open_database
    from serving.database.inbox import Inbox

    url = database()
    if not folder.database.exists() and not url:
        return Behaviour.of(folder)
    engine = open_database(folder, url)
    try:
        return settled(folder, Inbox(engine))
    finally:
        engine.dispose()


@app.command()
def publish(
    shop: Shop = SHOP,
    aside: Annotated[bool, typer.Option("--aside", help="Keep it beside the served one, for a comparison.")] = False,
    version: Annotated[
        int | None, typer.Option(help="Score with this version, not the champion; with --aside.")
    ] = None,
) -> None:
    """Score everyone with the champion and put the result into service."""
    from serving.database.people.deleted_since import erased_in
    from serving.publish import publish as run
    from serving.shown.memory import compared_snapshots
    from training.train import champion, numbered

    if version is not None and not aside:
        raise HuitouError("--version goes with --aside. To serve it to all: huitou models promote, then publish.")
    folder = ShopFolder.open(shop)
    _absorb(folder)
    models = registry(folder)
    bundle = champion(models, folder.bundles) if version is None else numbered(models, folder.bundles, version)
    compared = compared_snapshots(folder, database())
    # Before anything is read: what is told of items from now on is not in the snapshot.
    begun_at = now()
    with bar(console, "publishing") as progress:
        name = run(
            _settled(folder),
            bundle,
            folder,
            now=begun_at,
            serves=not aside,
            compared=compared,
            erased=lambda: erased_in(folder, database()),
            progress=progress,
        )
    act = "snapshot.aside" if aside else "snapshot.publish"
    write_down(folder, database(), act, name, {"model_version": str(bundle.version or "unregistered")}, now())
    done = "is kept aside" if aside else "is published"
    console.print(f"snapshot {name} {done}, made by version {bundle.label}", markup=False)
    if compared:
        console.print("a comparison goes on with its own snapshots; give it newer ones with: huitou compare renew")


app.command("serve")(serve_command(now, database, console))
app.command("backup")(backup_command(now, database, console))
app.command("restore")(restore_command(now, database, console))
app.command("erased")(erased_command(database, console))
app.command("backtest")(backtest_command(console))
app.command("list")(list_command(now, database, console))
app.add_typer(ListsCommands(now, database, console).group(), name="lists")
app.command("related")(related_command(console))
app.command("bundles")(bundles_command(console))
app.command("clusters")(clusters_command(console))
app.command("layers")(layers_command(console))
app.command("flow")(flow_command(console))
app.command("similar")(similar_command(console))
app.command("uplift")(uplift_command(registry, console))
app.command("contact-key")(contact_key_command(database, console))
app.command("audit")(audit_command(database, console))


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo's shop is made; emptied first.")] = Path(
        "demo"
    ),
    customers: Annotated[int, typer.Option(help="Customers of the simulated shop.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another shop.")] = 7,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Start the API at the end.")] = True,
    port: Annotated[int, typer.Option(help="Port of the API.")] = 8000,
) -> None:
    """Make a shop, and do everything with it: import, train, publish, compare with the truth, list, serve."""
    from serving.demo import run_demo

    shop = run_demo(folder, customers, seed, console, now)
    if serving:
        serve_shop(shop, now, database, console, port=port)


@cache
def command() -> Any:
    """All commands put together, which takes longer than many of them: once in a process."""
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, with ``arguments`` or those of the process; always raises ``SystemExit``.

    A mistake is told in one line and the status is 1; Typer tells of wrong options with status 2, and ends with 130
    and without a word on Ctrl+C.
    """
    try:
        command()(arguments)
    except HuitouError as error:
        print(f"huitou: {error.message}", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        print(f"huitou: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
