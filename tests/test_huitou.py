"""The front door: commands as a stranger types them, and how mistakes are told."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

import huitou
from serving.terminal.panels import PANELS
from tests.command_line.command import Ran, as_process, done, refused, run, started, written

ONE_EVENT = ("customer_id,item_id,kind,occurred_at", "anna,tea,view,2025-03-01T10:00:00Z")
SERVING = re.compile(r"serving shop at (?P<address>http://127\.0\.0\.1:\d+) \(Ctrl\+C ends it\)\n")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with one event, nothing trained and nothing published."""
    folder = tmp_path_factory.mktemp("shop")
    written(folder / "events.csv", ONE_EVENT)
    done("init", "--shop", folder / "shop", "--buckets", 1)
    done("import", "events", folder / "events.csv", "--shop", folder / "shop")
    return folder / "shop"


@pytest.mark.parametrize(
    "command", ["train", "publish", "list --out x.csv", "models list", "snapshots list", "serve", "horizon"]
)
def test_without_a_shop(command: str, tmp_path: Path) -> None:
    """A command in a folder without a shop says where it looked and what to do, and makes nothing."""
    nowhere = tmp_path / "shop"
    assert refused(*command.split(), "--shop", nowhere) == (
        f"there is no shop in {nowhere} (no shop.json). Import events first, or name its folder with --shop."
    )
    assert not nowhere.exists()


def test_the_folder_of_the_shop(tmp_path: Path) -> None:
    """The shop is ./shop unless HUITOU_SHOP names a folder; --shop wins over both."""
    usual = as_process("init", "--timezone", "Asia/Shanghai", "--currency", "EUR", folder=tmp_path)
    assert usual == Ran(0, "shop shop: time zone Asia/Shanghai, currency EUR\n", "")
    named = as_process("init", folder=tmp_path, HUITOU_SHOP="by name")
    assert named == Ran(0, "shop by name: time zone UTC, currency CNY\n", "")
    said = as_process("init", "--shop", "said", folder=tmp_path, HUITOU_SHOP="by name")
    assert said == Ran(0, "shop said: time zone UTC, currency CNY\n", "")
    assert sorted(path.parent.name for path in tmp_path.glob("*/shop.json")) == ["by name", "said", "shop"]


def test_a_shop_is_not_made_twice(shop: Path) -> None:
    """Init refuses a folder that is a shop, and says where its settings are."""
    expected = f"there is a shop in {shop} already. Change its settings in {shop / 'shop.json'}."
    assert refused("init", "--shop", shop) == expected


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("publish", "this shop has no champion yet. Train first: huitou train."),
        ("models rollback", "no version is registered in this shop. Train first: huitou train."),
        ("models promote 3", "no version is registered in this shop. Train first: huitou train."),
        ("list --out x.csv", "nothing is published for the shop in shop. Run: huitou publish --shop shop"),
        ("snapshots list", "nothing is published for the shop in shop. Run: huitou publish --shop shop"),
        ("snapshots use one", "snapshot must be one of (none is published); got 'one'."),
        (
            "backtest --out x --cutoff tomorrow",
            "cutoff must be a moment; got 'tomorrow'. Write it as 2025-09-01 or 2025-09-01T10:00:00+08:00.",
        ),
        (
            "backtest --out x --cutoff 2025-03-01",
            (
                "cutoff must be after the shop's first event (2025-03-01 10:00:00+00:00); "
                "got 2025-03-01 00:00:00+00:00. Choose a later one."
            ),
        ),
        (
            "backtest --out x --cutoff 2025-03-02 --horizon-days 0",
            "horizon_days must be between 1 and 3650; got 0. Leave it out to use the shop's own.",
        ),
        (
            "serve --host 0.0.0.0",
            (
                "serving on 0.0.0.0 needs a key, because other machines can reach it. "
                'Make one with: huitou keys create --role shop --name "our website", or serve on 127.0.0.1.'
            ),
        ),
        ("import events none.csv", "none.csv does not exist. Check its name."),
        (
            "import events shop/shop.json --map kind",
            "--map must look like NAME=VALUE; got 'kind'. Use for example --map kind=view.",
        ),
    ],
)
def test_a_mistake_is_one_line(command: str, message: str, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake is one line of rule, value and next step on standard error, with status 1; nothing is written."""
    monkeypatch.chdir(shop.parent)
    before = sorted(shop.parent.iterdir())
    assert refused(*command.split()) == message
    assert sorted(shop.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nope", "No such command 'nope'."),
        ("train --quietly", "No such option: --quietly"),
        ("train --horizon-days soon", "Invalid value for '--horizon-days'"),
        ("import events", "Missing argument 'files'."),
        ("backtest --cutoff 2025-03-01", "Missing option '--out'."),
    ],
)
def test_a_wrong_option(command: str, message: str) -> None:
    """What the command line does not know is told with how to get help, and status 2."""
    ran = run(*command.split())
    assert (ran.status, ran.said) == (2, "")
    assert message in ran.complaint
    assert "--help" in ran.complaint


def test_help_names_every_command() -> None:
    """Without a word every command is listed in its panel, and none outside of them."""
    shown = re.findall(r"^╭─ (.+?) ─+╮$|^│ ([a-z][a-z-]*) ", run().said, re.MULTILINE)
    panels: dict[str, list[str]] = {}
    for title, name in shown:
        panels.setdefault(title, []) if title else panels[[*panels][-1]].append(name)
    assert list(panels) == ["Options", *PANELS]
    assert {title: tuple(names) for title, names in panels.items() if title != "Options"} == PANELS
    named = [name for names in PANELS.values() for name in names]
    assert sorted(named) == sorted(huitou.command().commands)
    assert (named[:6], len(named)) == (["demo", "init", "import", "train", "publish", "serve"], 43)


def test_help_is_quick_to_come(tmp_path: Path) -> None:
    """Telling about commands loads none of the libraries of models, so it takes no time."""
    libraries = {"mlflow", "lightgbm", "sklearn", "fastapi", "sqlalchemy", "altair", "pandas", "duckdb", "numpy"}
    heavy = f"{libraries} & set(sys.modules)"
    code = f"import sys, huitou\ntry: huitou.main(['--help'])\nexcept SystemExit: print('loaded', {heavy})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("loaded set()\n")


def test_a_process_that_fails(tmp_path: Path) -> None:
    """Started from a terminal a mistake is one line, too, and no trace of the program."""
    ran = as_process("publish", folder=tmp_path)
    assert (ran.status, ran.said) == (1, "")
    assert ran.complaint == (
        "huitou: there is no shop in shop (no shop.json). Import events first, or name its folder with --shop.\n"
    )


def test_a_file_where_a_folder_should_be(shop: Path, tmp_path: Path) -> None:
    """What the system refuses is told in one line as well."""
    out = written(tmp_path / "taken", ["mine"])
    assert refused("backtest", "--shop", shop, "--cutoff", "2025-03-02", "--out", out) == f"File exists: {out}"
    assert out.read_text() == "mine\n"


def test_ctrl_c_ends_serving_quietly(shop: Path) -> None:
    """The service answers where it says it does, and Ctrl+C ends it with nothing but its log on standard error."""
    with started("serve", "--port", 0, folder=shop.parent) as process:
        assert process.stdout is not None
        said = SERVING.fullmatch(process.stdout.readline())
        assert said is not None
        assert httpx2.get(f"{said['address']}/health/live").json() == {"status": "live"}
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 0
    assert [json.loads(line)["route"] for line in complaint.splitlines()] == ["/health/live"]


def test_a_port_that_is_taken(shop: Path) -> None:
    """Two services cannot listen at one port; the second says so in one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert re.fullmatch(
            rf"host and port must be free to listen at; got 127.0.0.1 and {port}: .*[Aa]ddress already in use.*. "
            "Choose another --port.",
            refused("serve", "--shop", shop, "--port", port),
        )


def test_ctrl_c_ends_any_command_quietly(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C in the midst of a command ends it with status 130 and without a trace of the program."""
    monkeypatch.setattr("huitou.now", lambda: signal.raise_signal(signal.SIGINT))
    ran = run("train", "--shop", shop)
    assert (ran.status, ran.complaint) == (130, "")
