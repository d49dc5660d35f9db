"""The front door: the command line. Here, and only here, the real parts are put together.

The clock, the environment and the terminal come in through this file; everything else gets them as arguments.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings
from serving.terminal.import_commands import SHOP, Shop, import_commands
from serving.terminal.progress import bar, bars, spinner
from serving.terminal.tables import show_backtest, show_table, show_training

app = typer.Typer(
    help="Huitou (回头): who is about to stop buying, what each customer wants next, and whom to write to today.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models = typer.Typer(help="The versions of the models: list them, promote one, roll back.", no_args_is_help=True)
snapshots = typer.Typer(help="What has been published: list it, point back to an earlier one.", no_args_is_help=True)
console = Console(soft_wrap=True)

Horizon = Annotated[int | None, typer.Option("--horizon-days", help="How far ahead; the shop's own cycle if absent.")]


def now() -> datetime:
    """The one place where the clock is read."""
    return datetime.now(UTC)


app.add_typer(import_commands(now, console), name="import")
app.add_typer(models, name="models")
app.add_typer(snapshots, name="snapshots")


@app.command()
def init(
    shop: Shop = SHOP,
    timezone: Annotated[str, typer.Option(help="IANA name of the shop's time zone.")] = "UTC",
    currency: Annotated[str, typer.Option(help="ISO 4217 code of its currency.")] = "CNY",
    buckets: Annotated[int, typer.Option(help="Parts that customers are split into; 64 for a large shop.")] = 16,
) -> None:
    """Make a new shop with settings of its own; importing makes one with the usual settings."""
    if (shop / "shop.json").exists():
        raise HuitouError(f"there is a shop in {shop} already. Change its settings in {shop / 'shop.json'}.")
    made = ShopFolder.create(shop, ShopSettings(timezone=timezone, currency=currency, buckets=buckets))
    console.print(f"shop {made.path}: time zone {made.settings.timezone}, currency {made.settings.currency}")


def _registry(folder: ShopFolder) -> Any:
    from training.registry import Registry

    return Registry(folder, os.environ.get("HUITOU_MLFLOW"))


@app.command()
def train(shop: Shop = SHOP, horizon_days: Horizon = None) -> None:
    """Train on everything the shop knows; the result serves only if the gate lets it pass."""
    from features.behaviour import Behaviour
    from training.train import train as run

    folder = ShopFolder.open(shop)
    _absorb(folder)
    with spinner(console, "training") as said:
        outcome = run(Behaviour.of(folder), _registry(folder), folder.bundles, now(), horizon_days, said)
    show_training(console, outcome)
    if outcome.gate.passed:
        console.print("publish it with: huitou publish")


@models.command("list")
def list_models(shop: Shop = SHOP) -> None:
    """The versions, newest first, with their aliases and the gate's verdict."""
    folder = ShopFolder.open(shop)
    registry = _registry(folder)
    rows = [
        (
            version.number,
            f"{version.created_at:%Y-%m-%d %H:%M}",
            ", ".join(version.aliases),
            registry.gate(version).verdict,
            version.metrics.get("churn_log_loss"),
            version.metrics.get("next_items_ndcg_at_10"),
        )
        for version in registry.versions()
    ]
    show_table(console, "Versions", ("version", "made (UTC)", "alias", "gate", "churn log loss", "ndcg@10"), rows)


@models.command()
def promote(version: Annotated[int, typer.Argument(help="The version's number.")], shop: Shop = SHOP) -> None:
    """Make a version the champion, whatever its gate said."""
    promoted = _registry(ShopFolder.open(shop)).promote(version)
    console.print(f"version {promoted.number} is the champion; publish it with: huitou publish")


@models.command()
def rollback(shop: Shop = SHOP) -> None:
    """Make the previous champion the champion again."""
    version = _registry(ShopFolder.open(shop)).roll_back()
    console.print(f"version {version.number} is the champion again; publish it with: huitou publish")


def _absorb(folder: ShopFolder) -> None:
    """Move events that came through the API into the warehouse."""
    from serving.absorb import absorb
    from serving.database.connection import open_database
    from serving.database.inbox import Inbox

    url = os.environ.get("HUITOU_DATABASE")
    if not folder.database.exists() and not url:
        return
    engine = open_database(folder, url)
    try:
        moved = absorb(folder, Inbox(engine))
    finally:
        engine.dispose()
    if moved.stored:
        events = "event" if moved.stored == 1 else "events"
        console.print(f"{moved.stored:,} {events} from the API taken into the warehouse")


@app.command()
def publish(shop: Shop = SHOP) -> None:
    """Score everyone with the champion and put the result into service."""
    from features.behaviour import Behaviour
    from serving.publish import publish as run
    from training.train import champion

    folder = ShopFolder.open(shop)
    _absorb(folder)
    bundle = champion(_registry(folder), folder.bundles)
    with bar(console, "publishing") as progress:
        name = run(Behaviour.of(folder), bundle, folder, now=now(), progress=progress)
    console.print(f"snapshot {name} is published, made by version {bundle.label}", markup=False)


@snapshots.command("list")
def list_snapshots(shop: Shop = SHOP) -> None:
    """The snapshots that are kept, newest first."""
    from serving.snapshot import current_id, published

    folder = ShopFolder.open(shop)
    current = current_id(folder)
    rows = [
        (
            name,
            "yes" if name == current else "",
            manifest.header.model_version,
            f"{manifest.header.as_of:%Y-%m-%d %H:%M}",
            manifest.contents.customers,
        )
        for name, manifest in published(folder)
    ]
    show_table(console, "Snapshots", ("snapshot", "served", "model", "as of (UTC)", "customers"), rows)


@snapshots.command("use")
def use_snapshot(snapshot: Annotated[str, typer.Argument(help="Its name.")], shop: Shop = SHOP) -> None:
    """Serve an earlier snapshot again."""
    from serving.snapshot import point_to

    point_to(ShopFolder.open(shop), snapshot)
    console.print(f"snapshot {snapshot} is served", markup=False)


@app.command()
def serve(
    shop: Shop = SHOP,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8000,
) -> None:
    """Answer the shop's pages over HTTP."""
    import uvicorn

    from serving.api.application import create_app
    from serving.api.door import check_binding

    folder = ShopFolder.open(shop)
    key = os.environ.get("HUITOU_API_KEY")
    check_binding(host, key)
    application = create_app(folder, clock=now, api_key=key, database_url=os.environ.get("HUITOU_DATABASE"))
    with _listening(host, port) as door:
        said = f"[{host}]" if ":" in host else host
        console.print(f"serving {folder.path} at http://{said}:{door.getsockname()[1]} (Ctrl+C ends it)", markup=False)
        uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False)).run([door])


def _listening(host: str, port: int) -> socket.socket:
    """A socket at which requests arrive; they wait there until the service has started."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise HuitouError(
            f"host and port must be free to listen at; got {host} and {port}: {reason}. Choose another --port.",
            field="port",
            value=port,
        ) from None


@app.command()
def backtest(
    cutoff: Annotated[str, typer.Option(help="A moment, such as 2025-09-01 (the shop's midnight).")],
    out: Annotated[Path, typer.Option(help="Folder for report.json, churn.parquet and recommendations.parquet.")],
    shop: Shop = SHOP,
    horizon_days: Horizon = None,
) -> None:
    """Pretend it is the cutoff: train on what was known before it, and measure by what came after."""
    from features.behaviour import Behaviour
    from training.backtest import backtest as run
    from training.backtest import moment

    folder = ShopFolder.open(shop)
    with bars(console) as doing:
        at = moment(cutoff, folder.settings.timezone)
        report = run(Behaviour.of(folder), at, horizon_days, out, progress=doing)
    show_backtest(console, report)
    console.print(f"{out / 'report.json'} holds all measures", markup=False)


@app.command("list")
def recall(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    shop: Shop = SHOP,
    layer: Annotated[list[str] | None, typer.Option(help="new, active, high_win_back, low_win_back, lost.")] = None,
    min_churn: Annotated[float | None, typer.Option(help="Lowest churn probability, 0 to 1.")] = None,
    max_churn: Annotated[float | None, typer.Option(help="Highest churn probability, 0 to 1.")] = None,
    min_spend: Annotated[float | None, typer.Option(help="Lowest net spend of all time.")] = None,
    top: Annotated[int | None, typer.Option(help="At most so many people.")] = None,
    format: Annotated[str, typer.Option(help="csv (for Excel) or xlsx.")] = "csv",
    language: Annotated[str, typer.Option(help="Language of the reasons, en or zh.")] = "en",
) -> None:
    """Write whom to recall today, why, and with which items."""
    from serving.lists.command import write_recall_list

    folder = ShopFolder.open(shop)
    options = {"min_churn": min_churn, "max_churn": max_churn, "min_spend": min_spend, "top": top}
    database = os.environ.get("HUITOU_DATABASE")
    for line in write_recall_list(folder, out, format, language, layer, options, database):
        console.print(line, markup=False)


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
        serve(shop, "127.0.0.1", port)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, with ``arguments`` or those of the process; always raises ``SystemExit``.

    A mistake is told in one line and the status is 1; Typer tells of wrong options with status 2, and ends with 130
    and without a word on Ctrl+C.
    """
    try:
        app(arguments)
    except HuitouError as error:
        print(f"huitou: {error.message}", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        print(f"huitou: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
