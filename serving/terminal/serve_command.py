"""The command that runs the service: ``huitou serve``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.listening import listening
from serving.terminal.options import SHOP, Shop

Database = Callable[[], str | None]
"""Tells the URL of the database; None for the shop's own file."""


def serve_command(clock: Callable[[], datetime], database: Database, console: Console) -> Callable[..., None]:
    """The command; it tells the time by ``clock`` and prints the address to ``console``."""

    def serve(
        shop: Shop = SHOP,
        host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="Port to listen at; 0 takes any that is free.")] = 8000,
        workers: Annotated[int | None, typer.Option(help="Processes that answer; else one a core, at most 4.")] = None,
        mover: Annotated[
            bool, typer.Option("--mover/--no-mover", help="Move what arrives into the warehouse, too.")
        ] = True,
        graceful_s: Annotated[int, typer.Option(help="Seconds that requests may take to finish when stopped.")] = 10,
    ) -> None:
        """Answer the shop's pages over HTTP."""
        serve_shop(shop, clock, database, console, host, port, workers, mover, graceful_s)

    return serve


def serve_shop(
    shop: Path,
    clock: Callable[[], datetime],
    database: Database,
    console: Console,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    mover: bool = True,
    graceful_s: int = 10,
) -> None:
    """Serve the shop in the folder ``shop`` until a signal ends it."""
    from serving.access.binding import any_key_made, check_binding
    from serving.access.metrics_folder import metrics_folder
    from serving.running.service import Running, run_service
    from serving.running.supervisor import checked_graceful_s, checked_workers, usual_workers

    folder = ShopFolder.open(shop)
    count = checked_workers(usual_workers() if workers is None else workers)
    running = Running(count, mover, checked_graceful_s(graceful_s))
    check_binding(host, lambda: any_key_made(folder, database()))
    with listening(host, port) as door, metrics_folder():
        said = f"[{host}]" if ":" in host else host
        console.print(f"serving {folder.path} at http://{said}:{door.getsockname()[1]} (Ctrl+C ends it)", markup=False)
        run_service(folder, door, running, clock=clock, database_url=database())
