"""Who comes back, on public data and a simulated shop: ``python -m benchmarks.churn --data ../shared/data``.

Every figure comes out of the product's own code: import, features, training, and the churn part of the backtest. The
model is what would have served: the tier that won the shop's own trial before the cutoff. The last line is one JSON
object with ROC-AUC, log loss and expected calibration error of each shop.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.churn_shops import MAKERS, Protocol
from benchmarks.tiers_by_size import print_tiers_by_size
from training.customers.btyd.bg_nbd import BgNbd, MbgNbd
from training.customers.btyd.law import Law
from training.customers.btyd.pareto_nbd import ParetoNbd
from training.customers.btyd.purchases import Purchases
from training.customers.measuring.backtest import ChurnBacktest, churn_backtest
from training.customers.measuring.evaluation import evaluate

MEASURES = ("roc_auc", "average_precision", "log_loss", "brier_skill", "ece")
"""What is printed of every method."""

PUBLISHED = {"BG/NBD": -9582.4, "Pareto/NBD": -9595.0}
"""Log likelihoods of the Fader-Hardie sample, as published."""


HEAD = """# Who comes back: figures

Written on {today} by `python -m benchmarks.churn --data ../shared/data --write docs/churn-figures.md`. Figures in
brackets are 95 % bootstrap intervals over customers. The model is what would have served: for each kind of people the
method that won the trial before the cutoff; nothing in a run looks at its test part. When the methods were designed,
the two public cutoffs were among the trials that were looked at; without them the same design came first
([decision 7](decisions/0007-tiers-are-chosen-by-trial.md)).

```text
{lines}
```
"""


def main() -> None:
    """Read the arguments, run every protocol, print the figures."""
    parser = argparse.ArgumentParser(description="Measure who comes back, beside every baseline.")
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds the data sets")
    parser.add_argument("--only", choices=sorted(MAKERS), help="run one protocol")
    parser.add_argument("--write", type=Path, help="the document to write")
    said = parser.parse_args()
    lines = io.StringIO()
    with redirect_stdout(Both(lines)):
        figures = measured(said.data.resolve(), [said.only] if said.only else list(MAKERS))
    if said.write:
        text = HEAD.format(today=datetime.now(UTC).date(), lines=lines.getvalue().strip("\n"))
        said.write.write_text(text, encoding="utf-8")
    print(json.dumps(figures))


class Both(io.TextIOBase):
    """Writes to the terminal and to a text at once."""

    def __init__(self, text: io.StringIO) -> None:
        self.text, self.terminal = text, sys.stdout

    def write(self, part: str) -> int:
        """Write a part to both."""
        self.text.write(part)
        return self.terminal.write(part)

    def flush(self) -> None:
        """Show what was written."""
        self.terminal.flush()


def measured(data: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Run the protocols and print their figures; the model's main ones by protocol."""
    print_laws(data / "cdnow" / "transactions.parquet")
    figures = {}
    with tempfile.TemporaryDirectory(prefix="huitou-churn-") as folder:
        for name in names:
            figures[name] = run(MAKERS[name](Path(folder), data))
            if name == "cdnow":
                print_tiers_by_size(Path(folder) / "cdnow")
    return figures


def print_laws(file: Path) -> None:
    """The buy-till-you-die laws on the published sample: 39 weeks of 2,357 customers, times in weeks."""
    purchases = fader_hardie(file)
    print(f"\nFader-Hardie sample, {len(purchases):,} customers")
    for law in (BgNbd, MbgNbd, ParetoNbd):
        found: Law = law.fit(purchases)
        values = ", ".join(f"{name} {getattr(found, name):.4f}" for name in found.parameter_names())
        published = f" (published {PUBLISHED[law.title]:.1f})" if law.title in PUBLISHED else ""
        print(f"  {law.title:<11}{values}; log likelihood {found.log_likelihood:.2f}{published}")


def fader_hardie(file: Path) -> Purchases:
    """The order times of the published sample, orders of one day taken as one."""
    frame = pq.read_table(file).to_pandas()
    frame = frame[frame["in_fader_hardie_sample"] & (frame["ts"] < "1997-10-01")]
    days = frame.assign(day=frame["ts"].dt.normalize())[["customer_id", "day"]].drop_duplicates()
    found = days.groupby("customer_id")["day"].agg(["count", "min", "max"])
    weeks = pd.Timedelta(days=7)
    return Purchases(
        found["count"].to_numpy(dtype=np.float64) - 1,
        ((found["max"] - found["min"]) / weeks).to_numpy(dtype=np.float64),
        ((pd.Timestamp("1997-09-30") - found["min"]) / weeks).to_numpy(dtype=np.float64),
    )


def run(protocol: Protocol) -> dict[str, float]:
    """Backtest one shop at each of its cutoffs; print every method, and give the model's main figures."""
    print(f"\n{protocol.title}")
    tests = []
    for cutoff in protocol.cutoffs:
        started = time.perf_counter()
        tests.append(churn_backtest(protocol.behaviour, cutoff, protocol.horizon_days))
        print(f"  {cutoff:%Y-%m-%d}: {told(tests[-1])}, {time.perf_counter() - started:.0f} s", flush=True)
    if len(tests) > 1:
        single = [test.report["methods"]["model"]["all"]["metrics"]["ece"]["value"] for test in tests]
        print(f"  ece of single cutoffs: {min(single):.4f} to {max(single):.4f}, mean {np.mean(single):.4f}; together:")
    methods = tests[0].report["methods"] if len(tests) == 1 else pooled(tests)
    print_methods({name: groups["all"]["metrics"] for name, groups in methods.items()})
    if len(tests) == 1:
        print_groups(methods["model"])
    model = methods["model"]["all"]["metrics"]
    for measure, (direction, aim) in protocol.aims.items():
        value = model[measure]["value"]
        met = value > aim if direction == "above" else value <= aim if measure == "ece" else value < aim
        print(f"  aim: {measure} {direction} {aim}: {value:.4f}, {'met' if met else 'NOT MET'}")
    return {"auc": model["roc_auc"]["value"], "log_loss": model["log_loss"]["value"], "ece": model["ece"]["value"]}


def told(test: ChurnBacktest) -> str:
    """What served at one cutoff, and how it did."""
    metrics = test.report["methods"]["model"]["all"]["metrics"]
    served = ", ".join(f"{kind} by {method}" for kind, method in test.report["serving"].items())
    shown = ", ".join(f"{name} {metrics[name]['value']:.4f}" for name in ("roc_auc", "log_loss", "ece"))
    rate = test.report["methods"]["model"]["all"]["base_rate"]
    return f"{len(test.table):,} buyers, {rate:.1%} did not order; {served}; {shown}"


def pooled(tests: Sequence[ChurnBacktest]) -> dict[str, Any]:
    """The model over the predictions of all cutoffs together, and the base rate of each beside it."""
    table = pd.concat([test.table for test in tests], ignore_index=True)
    rates = [np.full(len(test.table), _usual_rate(test)) for test in tests]
    chances = {"model": table["probability"].to_numpy(dtype=np.float64), "base_rate": np.concatenate(rates)}
    return evaluate(chances, table["churned"].to_numpy(dtype=bool))


def _usual_rate(test: ChurnBacktest) -> float:
    """What the base rate of the training cutoffs says of everyone."""
    return float(test.report["methods"]["base_rate"]["all"]["reliability"][0]["predicted"])


def print_methods(methods: Mapping[str, Mapping[str, Any]]) -> None:
    """Every method with its measures and their 95 % intervals, the lowest log loss first."""
    print("  " + f"{'method':<18}" + "".join(f"{name:>26}" for name in MEASURES))
    ordered = sorted(methods.items(), key=lambda row: row[1]["log_loss"]["value"])
    for name, metrics in ordered:
        print("  " + f"{name:<18}" + "".join(f"{cell(metrics[measure]):>26}" for measure in MEASURES))


def print_groups(groups: Mapping[str, Any]) -> None:
    """The model for each group of customers."""
    for name, found in groups.items():
        if name != "all" and found["customers"]:
            metrics = {measure: cell(found["metrics"][measure]) for measure in ("roc_auc", "log_loss", "ece")}
            print(f"  model, {name} ({found['customers']:,}): {', '.join(' '.join(each) for each in metrics.items())}")


def cell(measure: Mapping[str, float | None]) -> str:
    """A measure with its interval."""
    if measure["value"] is None:
        return "-"
    return f"{measure['value']:.4f} ({measure['low']:.3f}, {measure['high']:.3f})"


if __name__ == "__main__":
    main()
