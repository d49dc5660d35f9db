"""The README's own commands, run in its order on the exports of a small shop."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from features.events.simulate import SimulationSettings, simulate
from scripts.commands import calls
from scripts.documents import shell_lines
from tests.command_line.command import done

SETTINGS = SimulationSettings(customers=100, items=40, days=160, events_per_customer=15, start=date(2025, 5, 1))
WRITTEN = ("recall.xlsx", "horizon.html", "backtest", "set-aside.csv")


def commands(root: Path) -> list[list[str]]:
    """The words of each command in the README's blocks but for those that do not end."""
    text = (root / "README.md").read_text(encoding="utf-8")
    found = [words for line in shell_lines(text) for words in calls(line, "huitou")]
    return [words for words in found if words[0] != "serve"]


def write_exports(folder: Path) -> None:
    """The files that the README imports."""
    simulate(SETTINGS).write(folder / "simulated")
    tables = {name: pd.read_parquet(folder / "simulated" / f"{name}.parquet") for name in ("items", "events")}
    tables["items"].to_csv(folder / "items.csv", index=False)
    tables["events"].to_csv(folder / "events-2025.csv.gz", index=False)
    known = tables["events"]["customer_id"].dropna().unique()[:9]
    campaign = pd.DataFrame({"customer_id": known, "contacted_at": "2025-06-01T09:00:00Z"})
    campaign.to_csv(folder / "campaigns.csv", index=False)


def test_every_command_works(root: Path, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From an empty folder to lists, a backtest and a page of charts: each command does what it says."""
    write_exports(tmp_path)
    monkeypatch.chdir(tmp_path)
    asked = commands(root)
    assert len(asked) > 10
    for words in asked:
        if words == ["models", "rollback"]:
            # Going back needs a version that served before.
            done("train")
            done("models", "promote", 2)
        done(*words)
        if words[0] == "init":
            # Two buckets, as in all of these tests: each takes its time to be read, however little is in it.
            settings = tmp_path / "shop" / "shop.json"
            settings.write_text(json.dumps(json.loads(settings.read_text(encoding="utf-8")) | {"buckets": 2}))
            (tmp_path / "shop" / "mlflow").mkdir()
            shutil.copyfile(store, tmp_path / "shop" / "mlflow" / "mlflow.db")
    assert all((tmp_path / name).exists() for name in WRITTEN)
