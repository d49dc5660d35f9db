"""What customers want next, on public data: ``python -m benchmarks.recommend --data ../shared/data``.

Every figure comes out of the product's own code: import, training with its gate, counting and recommending. What
serves stands beside the rules and beside ``implicit`` (ALS, BM25 item-kNN) on the same people in the same run. Each
data set runs in a process of its own, whose peak memory is printed. The last line is one JSON object with the main
figures of each; those of ``diginetica_session`` are percentages, as they are published.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.recommend_protocols import MAKERS
from benchmarks.recommend_run import run
from benchmarks.recommend_tables import print_aims, print_ran
from training.recommend.measuring.trial import SERVED

HEAD = """# What customers want next: figures

Written on {today} by `python -m benchmarks.recommend --data ../shared/data --write {name}`. Figures in brackets are
95 % bootstrap intervals over customers; all items are ranked, never a sample. What is served is what the product chose
by itself with what was known before the cutoff; nothing in a run looks at its test part. Rules, ALS and BM25 item-kNN
(both by `implicit`, on the same decayed interest) answer the same people in the same run. A source alone is its own
proposals in its own order; what is lost without it is told in [backtest.md](backtest.md).

```text
{lines}
```
"""


def main() -> None:
    """Read the arguments; run one data set here, or each in a process of its own."""
    parser = argparse.ArgumentParser(description="Measure recommendations on public data, beside every baseline.")
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds the data sets")
    parser.add_argument("--only", choices=sorted(MAKERS), help="run one data set")
    parser.add_argument("--write", type=Path, help="the document to write")
    said = parser.parse_args()
    if said.only and not said.write:
        print(json.dumps({said.only: measured(said.only, said.data.resolve())}))
        return
    lines, figures = run_all(said.data.resolve(), [said.only] if said.only else list(MAKERS))
    if said.write:
        text = HEAD.format(today=datetime.now(UTC).date(), name=said.write, lines="\n".join(lines).strip("\n"))
        said.write.write_text(text, encoding="utf-8")
    print(json.dumps(figures))


def run_all(data: Path, names: Sequence[str]) -> tuple[list[str], dict[str, dict[str, float]]]:
    """Run each data set in a process of its own; what they printed, and their main figures."""
    lines: list[str] = []
    figures: dict[str, dict[str, float]] = {}
    for name in names:
        command = [sys.executable, "-m", "benchmarks.recommend", "--data", str(data), "--only", name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            printed = []
            for line in child.stdout or ():
                printed.append(line.rstrip("\n"))
                if not line.startswith("{"):
                    print(printed[-1], flush=True)
        if child.returncode:
            raise SystemExit(f"{name} failed with code {child.returncode}")
        figures |= json.loads(printed.pop())
        lines += printed
    return lines, figures


def measured(name: str, data: Path) -> dict[str, float]:
    """Run one protocol in this process and print what was found; its main figures."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="huitou-recommend-") as folder:
        protocol = MAKERS[name](Path(folder), data)
        print(f"\n{protocol.title}\n  imported in {time.perf_counter() - started:.0f} s", flush=True)
        ran = run(protocol)
        print_ran(ran)
    seconds, peak_mb = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n  {seconds:.0f} s in all, peak memory {peak_mb:,.0f} MB")
    print_aims(ran)
    told = ran.told[SERVED]
    scale = 100 if "p@20" in protocol.figures else 1
    return {said: round(scale * (told[measure]["value"] or 0.0), 4) for said, measure in protocol.figures.items()}


if __name__ == "__main__":
    main()
