"""The whole way on public data: ``python -m benchmarks.real_data --data ../shared/data --write docs/real-data.md``.

Runs the commands of the document one after another on each data set, takes the figures from what they wrote, and
writes the document: no figure in it is typed by hand. Ends with one JSON line of the main figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.shop_numbers import numbers_chapter
from features.shop_folder import ShopFolder

HUITOU = Path(__file__).parent.parent / "huitou.py"
CHURN_MEASURES = ("roc_auc", "average_precision", "log_loss", "brier", "ece")
ITEM_MEASURES = ("recall@5", "recall@10", "recall@20", "ndcg@10", "mrr@10", "known_recall@10", "new_recall@10")


HEAD = """\
Written on {today} by `python -m benchmarks.real_data --data ../shared/data --write docs/real-data.md`, on two cores.
Figures in brackets are 95 % bootstrap intervals over customers. Nothing was tuned on the test parts: each backtest
trains, chooses between model and rules and calibrates with what was known before its cutoff."""


@dataclass(frozen=True)
class DataSet:
    """One public log and what is done with it."""

    name: str
    """Its folder below the data folder."""
    title: str
    """What people call it."""
    settings: str
    """Arguments of ``huitou init``. Public protocols speak of everyone: nobody is set aside."""
    imports: Sequence[str]
    """Arguments of ``huitou import``, with {data} for the folder of the data."""
    cutoff: str
    """The moment of the backtest."""
    horizon_days: int
    """Its horizon."""
    listed: str
    """Arguments of ``huitou list``."""


DATA_SETS = (
    DataSet(
        "shop_ten_days",
        "A shop's ten days (views, carts, favourites, purchases)",
        "--timezone UTC --everyone",
        (
            "items {data}/shop_ten_days/items.parquet",
            "customers {data}/shop_ten_days/users.parquet",
            "events {data}/shop_ten_days/events.parquet",
        ),
        "2019-06-18",
        2,
        "--layer active --layer new --top 200 --out recall-ten-days.csv",
    ),
    DataSet(
        "online_retail",
        "UCI Online Retail (orders and cancellations of a year)",
        "--timezone UTC --everyone",
        ("events {data}/online_retail/transactions.parquet --timezone UTC --allow-rejected",),
        "2011-09-09",
        91,
        "--layer active --layer high_win_back --min-churn 0.5 --top 500 --format xlsx --out recall-retail.xlsx",
    ),
)


@dataclass(frozen=True)
class Ran:
    """One command and what it took."""

    command: str
    """As a reader would type it."""
    seconds: float
    """Wall-clock time."""
    output: str
    """What it printed."""


def run(command: str, folder: Path, data: Path) -> Ran:
    """Run one ``huitou`` command in ``folder``; raises when it fails."""
    started = time.perf_counter()
    words = [sys.executable, str(HUITOU), *shlex.split(command.format(data=data))]
    environment = {**os.environ, "COLUMNS": "160"}
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"huitou {command} failed: {done.stderr}")
    print(f"{time.perf_counter() - started:7.1f} s  huitou {command}", flush=True)
    return Ran(command.format(data="../shared/data"), time.perf_counter() - started, done.stdout)


def answered(folder: Path, shop: str) -> dict[str, Any]:
    """What the API answers for the first customer on the recall list, asked in this process."""
    from starlette.testclient import TestClient

    from serving.api.application import create_app
    from serving.snapshot import Snapshot

    opened = ShopFolder.open(folder / shop)
    customer = Snapshot.open_current(opened).customer(0)["customer_id"]
    with TestClient(create_app(opened, clock=lambda: datetime.now(UTC))) as client:
        reply = client.get("/v1/recommendations", params={"customer_id": customer, "n": 3})
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
    return answer


def chapter(data_set: DataSet, folder: Path, data: Path) -> tuple[list[str], dict[str, float]]:
    """The document's lines about one data set, and its main figures."""
    shop = f"shop-{data_set.name}"
    commands = [f"init {data_set.settings} --shop {shop}"]
    commands += [f"import {said} --shop {shop}" for said in data_set.imports]
    commands += [f"train --shop {shop}", f"publish --shop {shop}", f"list --shop {shop} {data_set.listed}"]
    out = f"backtest-{data_set.name}"
    commands.append(
        f"backtest --shop {shop} --cutoff {data_set.cutoff} --horizon-days {data_set.horizon_days} --out {out}"
    )
    ran = [run(command, folder, data) for command in commands]
    report = json.loads((folder / out / "report.json").read_text(encoding="utf-8"))
    lines = [f"## {data_set.title}", "", "```bash", *(f"huitou {each.command}" for each in ran), "```", ""]
    lines += ["| command | seconds |", "|---|---|"]
    lines += [f"| {each.command.split()[0]} {_what(each.command)} | {each.seconds:.1f} |" for each in ran]
    lines += ["", *_told(ran), "", *_answer(answered(folder, shop)), "", *_tables(report)]
    lines += ["", *numbers_chapter(ShopFolder.open(folder / shop), data_set.name)]
    return lines, _main_figures(report)


def _what(command: str) -> str:
    return command.split()[1] if command.startswith("import") else ""


def _told(ran: Sequence[Ran]) -> list[str]:
    """What training and listing said, as they said it."""
    kept = [
        line.strip()
        for each in ran
        for line in each.output.splitlines()
        if line.startswith(("gate:", "version")) or " people, as of " in line or "  rejected " in line
    ]
    return ["What the commands said:", "", "```text", *kept, "```"]


def _answer(answer: dict[str, Any]) -> list[str]:
    shown = {name: answer[name] for name in ("placement", "model_version", "as_of", "tier", "fallback", "items")}
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    return ["What the service answers to one customer (`n=3`):", "", "```json", *text.splitlines(), "```"]


def _tables(report: dict[str, Any]) -> list[str]:
    churn, items = report["churn"], report["recommendations"]
    methods = {name: groups["all"]["metrics"] for name, groups in churn["methods"].items()}
    everyone = churn["methods"]["model"]["all"]
    churn_title = f"**Churn within {report['horizon_days']} days of {report['cutoff'][:10]}**"
    churn_facts = f"{everyone['customers']:,} buyers, {everyone['base_rate']:.1%} did not order; tier {churn['tier']}"
    item_facts = f"{items['customers_measured']:,} customers who bought, all {items['items']:,} items ranked"
    covered = items["models"]["served"]["catalogue_coverage@10"]["value"]
    lines = [f"{churn_title}: {churn_facts}.", "", *_table(methods, CHURN_MEASURES)]
    lines += [f"\nThe baseline {name} was left out: {why}" for name, why in churn["dropped_baselines"].items()]
    lines += [
        "",
        f"**Next items** for {item_facts}; tier {items['tier']}.",
        "",
        *_table(items["models"], ITEM_MEASURES),
    ]
    return [*lines, "", f"Catalogue coverage in the first ten: {covered:.1%}."]


def _table(methods: dict[str, Any], names: Sequence[str]) -> list[str]:
    head = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    rows = [[method, *(_cell(found.get(name)) for name in names)] for method, found in methods.items()]
    return head + [f"| {' | '.join(row)} |" for row in rows]


def _cell(measure: Any) -> str:
    if not measure or measure.get("value") is None:
        return "-"
    return f"{measure['value']:.4f} ({measure['low']:.3f}, {measure['high']:.3f})"


def _main_figures(report: dict[str, Any]) -> dict[str, float]:
    churn = report["churn"]["methods"]["model"]["all"]["metrics"]
    items = report["recommendations"]["models"]["served"]
    return {
        "churn_auc": churn["roc_auc"]["value"],
        "churn_log_loss": churn["log_loss"]["value"],
        "ndcg@10": items["ndcg@10"]["value"],
        "recall@10": items["recall@10"]["value"],
    }


def main() -> None:
    """Read the arguments, run everything, write the document."""
    parser = argparse.ArgumentParser(description="Run Huitou on public data and write the figures down.")
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds the data sets")
    parser.add_argument("--write", type=Path, help="the document to write")
    said = parser.parse_args()
    lines = ["# Real data", "", HEAD.format(today=datetime.now(UTC).date()), ""]
    figures = {}
    with tempfile.TemporaryDirectory(prefix="huitou-real-") as folder:
        for data_set in DATA_SETS:
            found, figures[data_set.name] = chapter(data_set, Path(folder), said.data.resolve())
            lines += [*found, ""]
    if said.write:
        said.write.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
