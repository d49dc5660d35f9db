"""Train, promote, publish, go back, list, backtest: the commands of a shop's every day, on a very small shop."""

from __future__ import annotations

import csv
import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from features.shop_folder import ShopFolder
from serving.database.access.audit import COMMAND_LINE, Audit
from serving.database.connection import open_database
from serving.snapshot import Snapshot
from serving.snapshot_parts.publishing_lock import publishing_lock
from tests.command_line.command import done, new_shop, refused, written

COLUMNS = [
    *("place", "customer_id", "group", "by_model", "by_merchant", "band", "score", "stratum"),
    *("churn_probability_30d", "order_probability_30d", "expected_net_spend_30d"),
    *("uplift_30d", "expected_incremental_profit"),
    *("layer", "stage", "value_level", "rfm_group", "behaviour_group", "cluster"),
    *("days_since_last_order", "overdue_days", "next_order_on", "order_count_all", "net_spend_all", "tier", "method"),
    *(f"reason_{place}" for place in (1, 2, 3)),
    *(f"item_{place}_{name}" for place in (1, 2, 3) for name in ("id", "title")),
    *("plan", "list_id", "list_name", "list_version", "as_of", "model_version"),
]


def listed(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV list."""
    with open(file, encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def cells(said: str) -> list[list[str]]:
    """The rows of the table that was printed."""
    rows = [line for line in said.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]


def test_versions_are_promoted_and_rolled_back(tmp_path: Path, store: Path) -> None:
    """Training tells the gate's verdict, the list shows it, and promote and rollback choose what is published."""
    shop = new_shop(tmp_path / "shop", store)
    orders = (f"{who},tea,purchase,2025-0{month}-01T10:00:00Z" for who in ("anna", "bo") for month in (1, 2, 3))
    events = written(tmp_path / "events.csv", ["customer_id,item_id,kind,occurred_at", *orders])
    done("import", "events", events, "--shop", shop)
    said = done("train", "--shop", shop, "--horizon-days", 30)
    assert re.search(r"^gate: .*: the rule serves$", said, re.MULTILINE)
    assert said.endswith("version 1 (rules, rules) is now the champion\npublish it with: huitou publish\n")
    assert refused("models", "rollback", "--shop", shop) == (
        "rolling back needs a version that served before version 1; none is known. "
        "Promote another version by its number."
    )
    done("train", "--shop", shop, "--horizon-days", 60)
    versions = cells(done("models", "list", "--shop", shop))
    assert [(row[0], row[2], row[3]) for row in versions] == [("2", "champion", "passed"), ("1", "previous", "passed")]
    assert done("models", "rollback", "--shop", shop) == (
        "version 1 is the champion again; publish it with: huitou publish\n"
    )
    assert "made by version 1 (rules, rules)" in done("publish", "--shop", shop)
    assert Snapshot.open_current(ShopFolder.open(shop)).header.horizon_days == 30
    assert (
        done("models", "promote", 2, "--shop", shop) == "version 2 is the champion; publish it with: huitou publish\n"
    )
    done("publish", "--shop", shop)
    assert Snapshot.open_current(ShopFolder.open(shop)).header.horizon_days == 60
    assert "a version must be one of 1, 2; got 9." in refused("models", "promote", 9, "--shop", shop)


def test_going_back_to_an_earlier_snapshot(published: Path) -> None:
    """Snapshots are listed with what is served, and an earlier one is served again when it is named."""
    first = Snapshot.open_current(ShopFolder.open(published)).id
    done("publish", "--shop", published)
    rows = cells(done("snapshots", "list", "--shop", published))
    assert [(row[1], row[3], row[4]) for row in rows] == [
        ("yes", "2025-03-02 10:00", "5"),
        ("", "2025-03-02 10:00", "5"),
    ]
    assert done("snapshots", "use", first, "--shop", published) == f"snapshot {first} is served\n"
    assert Snapshot.open_current(ShopFolder.open(published)).id == first
    assert refused("snapshots", "use", "../x", "--shop", published).endswith("got '../x'.")


def test_a_list_for_excel(published: Path, tmp_path: Path) -> None:
    """The list names the horizon with the score, tells reasons in words, offers items, and says as of when."""
    said = done("list", "--shop", published, "--control", 0, "--out", tmp_path / "recall.csv")
    assert f"recall, version 1, is in {tmp_path}/recall.csv; its id is " in said
    assert "3 people, as of 2025-03-02 10:00 UTC: 3 to write to, 0 in the control group\n" in said
    assert "1 fits and was left out: must not be written to\n" in said
    rows = {row["customer_id"]: row for row in listed(tmp_path / "recall.csv")}
    assert set(rows) == {"anna", "bo", "张三"}
    anna = rows["anna"]
    assert list(anna) == COLUMNS
    assert (anna["layer"], anna["order_count_all"], anna["net_spend_all"]) == ("high_win_back", "2", "10.0")
    assert 0 < float(anna["churn_probability_30d"]) < 1
    assert float(anna["churn_probability_30d"]) + float(anna["order_probability_30d"]) == pytest.approx(1, abs=1e-5)
    assert anna["reason_1"] == "silent for 152 days, usually orders every 30 days"
    assert (anna["item_1_id"], anna["item_1_title"]) == ("cup", "茶杯")
    assert datetime.fromisoformat(anna["as_of"]).isoformat() == "2025-03-02T10:00:00.000001+00:00"
    assert (anna["tier"], anna["method"]) == ("rules", "rule")
    assert (anna["next_order_on"], float(anna["overdue_days"]) > 50) == ("", True)
    assert rows["bo"]["next_order_on"] > "2025-03-02"
    assert rows["bo"]["overdue_days"] == "0.0"
    assert "'=1+1" in rows["张三"].values()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--layer lost", ["张三"]),
        ("--layer new --layer lost", ["bo", "张三"]),
        ("--layer visitor", ["visitor:v 1"]),
        ("--top 1", ["张三"]),
        ("--min-spend 50", ["张三"]),
    ],
)
def test_who_is_on_the_list(options: str, expected: list[str], published: Path, tmp_path: Path) -> None:
    """Layers, churn, spend and the number of people limit the list."""
    done("list", "--shop", published, "--out", tmp_path / "list.csv", *options.split())
    assert sorted(row["customer_id"] for row in listed(tmp_path / "list.csv")) == expected


def test_a_list_as_a_sheet(published: Path, tmp_path: Path) -> None:
    """The same list as a sheet, with numbers as numbers, text as text and reasons in Chinese."""
    done("list", "--shop", published, "--out", tmp_path / "l.xlsx", "--format", "xlsx", "--language", "zh", "--top", 1)
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    header, row = ([cell.value for cell in line] for line in book["list"].iter_rows())
    said = dict(zip(header, row, strict=True))
    assert header == COLUMNS
    assert (said["customer_id"], said["net_spend_all"], said["item_1_title"]) == ("张三", 80, "=1+1")
    assert re.search("[一-鿿]", str(said["reason_1"]))
    book.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "--layer gone",
            'filter.in[0] must be one of new, active, high_win_back, low_win_back, lost, visitor; got "gone".',
        ),
        ("--format pdf", "format must be one of csv, xlsx, jsonl, google, meta; got 'pdf'."),
        ("--language fr", "language must be one of 'en' or 'zh'; got \"fr\"."),
        ("--top 0", "top must be at least 1; got 0."),
        (
            "--min-churn 1",
            "nobody in the snapshot fits this audience. Widen the filter, and preview it before a list is made.",
        ),
    ],
)
def test_a_wrong_wish(options: str, message: str, published: Path, tmp_path: Path) -> None:
    """A value that makes no sense is told with what is allowed, and no file is written."""
    assert refused("list", "--shop", published, "--out", tmp_path / "list.csv", *options.split()) == message
    assert list(tmp_path.iterdir()) == []


def test_a_backtest_can_be_checked(published: Path, tmp_path: Path) -> None:
    """A backtest writes probabilities and recommendations for everyone known before the cutoff, and the report."""
    out = tmp_path / "deep" / "backtest"
    said = done("backtest", "--shop", published, "--cutoff", "2025-02-25", "--horizon-days", 7, "--out", out)
    assert f"{out}/report.json holds all measures" in said
    written_files = ["churn.parquet", "recommendations.parquet", "report.html", "report.json"]
    assert sorted(file.name for file in out.iterdir()) == written_files
    churn = pq.read_table(out / "churn.parquet").to_pylist()
    everyone = ["anna", "bo", "no letters", "张三"]
    assert sorted((row["customer_id"], row["churned"]) for row in churn) == [(name, True) for name in everyone]
    assert all(0 < row["probability"] < 1 for row in churn)
    report: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert (report["cutoff"], report["horizon_days"]) == ("2025-02-25T00:00:00+00:00", 7)
    assert (report["churn"]["tier"], report["recommendations"]["tier"]) == ("rules", "rules")
    recommended = pq.read_table(out / "recommendations.parquet")
    assert recommended.column_names == ["customer_id", "rank", "item_id", "score", "source", "reason"]
    people: dict[str, list[tuple[int, str]]] = {name: [] for name in everyone}
    for row in recommended.to_pylist():
        people[row["customer_id"]].append((row["rank"], row["item_id"]))
    for rows in people.values():
        assert [rank for rank, _ in rows] == [1, 2, 3]
        assert {item for _, item in rows} == {"tea", "cup", "pot"}


def test_one_process_publishes(published: Path) -> None:
    """While another process publishes, publishing waits for nobody and says so."""
    held = publishing_lock(ShopFolder.open(published))
    try:
        assert refused("publish", "--shop", published) == (
            f"another process is publishing for the shop in {published}. Wait until it has finished."
        )
    finally:
        os.close(held)


def test_the_database_may_lie_elsewhere(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HUITOU_DATABASE names another database for fresh events, and what cannot be one is told."""
    monkeypatch.setenv("HUITOU_DATABASE", "nonsense")
    assert refused("publish", "--shop", published).startswith(
        "HUITOU_DATABASE must be the URL of a PostgreSQL or SQLite database;"
    )
    monkeypatch.setenv("HUITOU_DATABASE", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    done("list", "--shop", published, "--out", tmp_path / "list.csv")
    assert (tmp_path / "elsewhere.db").exists()


def test_a_wrong_address_of_the_registry(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HUITOU_MLFLOW must be the address of a server."""
    monkeypatch.setenv("HUITOU_MLFLOW", "ftp://models")
    assert refused("models", "list", "--shop", published).startswith(
        "the MLflow server's address must begin with http:// or https://; got 'ftp://models'."
    )


def test_rejected_rows_do_not_hold_up_training(tmp_path: Path, store: Path) -> None:
    """Good rows of a file with bad ones are trained on."""
    shop = new_shop(tmp_path / "shop", store)
    header, good = "customer_id,item_id,kind,occurred_at", "anna,tea,purchase,2025-03-01T10:00:00Z"
    file = written(tmp_path / "events.csv", [header, good, "anna,tea,?,2025-03-01T10:00:00Z"])
    refused("import", "events", file, "--shop", shop)
    done("train", "--shop", shop)
    done("publish", "--shop", shop)
    assert Snapshot.open_current(ShopFolder.open(shop)).contents.customers == 1


def test_what_was_done_is_in_the_audit_log(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing, putting aside and promoting are written down, the newest first."""
    monkeypatch.setenv("HUITOU_DATABASE", f"sqlite:///{tmp_path / 'log.db'}")
    done("publish", "--shop", published)
    served = Snapshot.open_current(ShopFolder.open(published)).id
    done("publish", "--aside", "--shop", published)
    done("models", "promote", 1, "--shop", published)
    engine = open_database(ShopFolder.open(published), os.environ["HUITOU_DATABASE"])
    rows = [(entry.actor, entry.act, entry.subject) for entry in Audit(engine).newest(10)]
    engine.dispose()
    assert rows[0] == (COMMAND_LINE, "model.promote", "1")
    assert rows[1][:2] == (COMMAND_LINE, "snapshot.aside")
    assert rows[2:] == [(COMMAND_LINE, "snapshot.publish", served)]
