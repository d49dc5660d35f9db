"""Versions and aliases, in the shop's own store and on a real MLflow server alike."""

from __future__ import annotations

import math
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from tests.training.mlflow_server import running_server
from training.gate import Gate
from training.registry import Registry
from training.versions.version import Version

PASSED = Gate(True, ("log loss must be below that of the base rate, .61; it is .55",))
REFUSED = Gate(False, ("ndcg@10 must beat the best rule, .331; it is .32", "“回头” has too few orders"))

FIRST_RECORD = """
import sys
from pathlib import Path
from features.shop_folder import ShopFolder
from training.gate import Gate
from training.registry import Registry
registry = Registry(ShopFolder.create(Path(sys.argv[1])))
assert registry.versions() == [] and registry.champion() is None and "mlflow" not in sys.modules
registry.record(Path(sys.argv[2]), params={}, metrics={}, tags={}, gate=Gate(True, ("first",)))
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "bundle.json").write_text('{"horizon_days": 91}')
    (folder / "客 户").mkdir()
    (folder / "客 户" / "it's.txt").write_text("tree")
    return folder


@pytest.fixture(scope="module")
def first_record(tmp_path_factory: pytest.TempPathFactory, bundle: Path, root: Path) -> tuple[Path, str]:
    """A shop whose store another process has made, and all that this process said."""
    shop = tmp_path_factory.mktemp("shops") / "我的 shop #1"
    command = [sys.executable, "-W", "error", "-c", FIRST_RECORD, str(shop), str(bundle)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return shop, f"{done.stdout}{done.stderr}{done.returncode}"


@pytest.fixture(scope="module")
def shop(first_record: tuple[Path, str]) -> ShopFolder:
    return ShopFolder.open(first_record[0])


@pytest.fixture(scope="module")
def server(shop: ShopFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("server"), shop.registry / "mlflow.db") as address:
        yield address


@pytest.fixture(params=["embedded", "server"])
def registry(request: pytest.FixtureRequest, shop: ShopFolder) -> Registry:
    """A registry without versions; each test has a model's name of its own in the shared store."""
    uri = request.getfixturevalue("server") if request.param == "server" else None
    return Registry(shop, uri, model=model_of(request))


@pytest.fixture
def embedded(request: pytest.FixtureRequest, shop: ShopFolder) -> Registry:
    return Registry(shop, model=model_of(request))


def model_of(request: pytest.FixtureRequest) -> str:
    return re.sub(r"[^\w.-]", "-", request.node.name)


def record(registry: Registry, bundle: Path, gate: Gate = PASSED, **more: Any) -> Version:
    said: dict[str, Any] = {"params": {}, "metrics": {}, "tags": {}} | more
    return registry.record(bundle, gate=gate, **said)


def aliases(registry: Registry) -> dict[int, tuple[str, ...]]:
    return {version.number: version.aliases for version in registry.versions()}


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_record_is_quiet(first_record: tuple[Path, str]) -> None:
    """A shop without versions is answered without MLflow; making its store prints and warns nothing."""
    assert first_record[1] == "0"


def test_a_version_keeps_all_that_was_said(registry: Registry, bundle: Path, tmp_path: Path) -> None:
    """Figures, tags, verdict and bundle come back as they were recorded."""
    (tmp_path / "chart.html").write_text("<p>chart")
    metrics = {"ndcg@10": 0.352, "auc/一次": 0.75, "gain": math.nan}
    tags = {"data_version": "12", "店": "it's 🛒", "long": "x" * 9000}
    params = {"seed": 7, "columns": ["y" * 9000], "none": None} | {f"p{i}": i for i in range(150)}
    made = record(registry, bundle, REFUSED, params=params, metrics=metrics, tags=tags, artifacts=tmp_path)
    version = registry.versions()[0]
    assert version == made
    assert (version.number, version.created_at.tzinfo, len(version.run_id)) == (1, UTC, 32)
    assert version.metrics == {"ndcg@10": 0.352, "auc/一次": 0.75}
    assert version.tags["long"] == "x" * 4999 + "…"
    expected = {
        "data_version": "12",
        "店": "it's 🛒",
        "metrics_left_out": "not finite: gain",
        "gate": "refused",
    }
    assert {name: version.tags.get(name) for name in expected} == expected
    assert registry.gate(version) == REFUSED
    assert contents(registry.fetch(version, tmp_path / "bundles")) == contents(bundle)


def test_the_gate_decides_who_serves(registry: Registry, bundle: Path) -> None:
    """A refused version is the challenger; one that passes is champion, and the former one is previous."""
    assert (registry.versions(), registry.champion()) == ([], None)
    assert record(registry, bundle, REFUSED).aliases == ("challenger",)
    assert registry.champion() is None
    assert record(registry, bundle).aliases == ("champion",)
    assert aliases(registry) == {2: ("champion",), 1: ()}
    record(registry, bundle)
    assert record(registry, bundle, REFUSED).aliases == ("challenger",)
    assert aliases(registry) == {4: ("challenger",), 3: ("champion",), 2: ("previous",), 1: ()}
    assert registry.champion() == registry.versions()[1]


def test_promoting_and_rolling_back(registry: Registry, bundle: Path) -> None:
    """Any version can be promoted; rolling back twice is as before."""
    for gate in (PASSED, PASSED, REFUSED):
        record(registry, bundle, gate)
    assert registry.promote(3).aliases == ("champion",)
    assert aliases(registry) == {3: ("champion",), 2: ("previous",), 1: ()}
    assert registry.promote(3).aliases == ("champion",)
    assert registry.roll_back().number == 2
    assert aliases(registry) == {3: ("previous",), 2: ("champion",), 1: ()}
    assert registry.roll_back().number == 3
    assert aliases(registry) == {3: ("champion",), 2: ("previous",), 1: ()}


def test_a_number_that_is_no_version(registry: Registry, bundle: Path) -> None:
    """Promoting an unknown number names those there are and changes nothing."""
    record(registry, bundle)
    record(registry, bundle)
    for number in (0, -1, 3, 10**30):
        message = f"a version must be one of 1, 2; got {number}. See them with: huitou models list."
        with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
            registry.promote(number)
    assert aliases(registry) == {2: ("champion",), 1: ("previous",)}


def test_rolling_back_needs_somewhere_to_go(registry: Registry, bundle: Path) -> None:
    """Without a champion, and without one before it, rolling back says so and changes nothing."""
    record(registry, bundle, REFUSED)
    message = "rolling back needs a champion; no version is one. Promote a version by its number."
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        registry.roll_back()
    registry.promote(1)
    message = (
        "rolling back needs a version that served before version 1; none is known. "
        "Promote another version by its number."
    )
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        registry.roll_back()
    assert aliases(registry) == {1: ("champion",)}


@pytest.mark.parametrize("call", [Registry.roll_back, lambda registry: registry.promote(1)])
def test_a_shop_without_versions(tmp_path: Path, call: Any) -> None:
    """Where nothing was recorded, moving aliases says to train first, and makes no store."""
    shop = ShopFolder.create(tmp_path)
    with pytest.raises(HuitouError, match=r"^no version is registered in this shop. Train first: huitou train.$"):
        call(Registry(shop))
    assert not shop.registry.exists()


def test_a_bundle_is_a_folder_with_files(embedded: Registry, tmp_path: Path) -> None:
    """An empty folder is refused before anything is recorded."""
    message = f"a bundle must be a folder with files in it; got {tmp_path}. Train first."
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        record(embedded, tmp_path)
    assert embedded.versions() == []


def test_a_name_that_is_none(shop: ShopFolder) -> None:
    """The model's name is checked, as it stands in MLflow's searches."""
    message = (
        "a registered model's name must be 1 to 100 of the signs A-Z a-z 0-9 _ . -; got \"a' or 1\". "
        "Use for example huitou-outlet."
    )
    with pytest.raises(HuitouError, match=f"^{re.escape(message)}$"):
        Registry(shop, model="a' or 1")


def test_a_fetched_bundle_is_not_fetched_again(embedded: Registry, bundle: Path, tmp_path: Path) -> None:
    """A bundle that is there is taken as it is; each version has a folder of its own."""
    first, second = record(embedded, bundle), record(embedded, bundle)
    folder = embedded.fetch(first, tmp_path)
    (folder / "mark").touch()
    assert embedded.fetch(first, tmp_path) == folder
    assert (folder / "mark").exists()
    assert embedded.fetch(second, tmp_path) != folder


def test_a_lost_bundle_is_told(embedded: Registry, shop: ShopFolder, bundle: Path, tmp_path: Path) -> None:
    """A version whose files are gone is one clear line, and nothing is left where it was to be."""
    version = record(embedded, bundle)
    kept = shop.registry / "artifacts" / version.run_id / "artifacts" / "bundle"
    shutil.rmtree(kept)
    kept.mkdir()
    has_none = f"version 1 must hold bundle; its run {version.run_id} has none."
    with pytest.raises(HuitouError, match=rf"^{has_none} Promote another version, or train again\.$"):
        embedded.fetch(version, tmp_path)
    kept.rmdir()
    with pytest.raises(HuitouError, match=rf"^the model registry at {shop.registry} failed: .*bundle.*try again\.$"):
        embedded.fetch(version, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".fetch.lock"]


@pytest.mark.parametrize("run_id", ["", "../../x"])
def test_a_version_without_a_run(embedded: Registry, bundle: Path, tmp_path: Path, run_id: str) -> None:
    """A version that was registered by hand, or names a path, is refused before a path is made of it."""
    version = replace(record(embedded, bundle), run_id=run_id)
    with pytest.raises(HuitouError, match=rf"must name the run that made it; version 1 names {run_id!r}\."):
        embedded.fetch(version, tmp_path / "a" / "b")
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "b", ".fetch.lock"]


@pytest.mark.parametrize("failing", ["champion", "previous"])
@pytest.mark.parametrize("move", [Registry.roll_back, lambda registry: registry.promote(1)])
def test_a_move_cut_short_leaves_a_champion(
    embedded: Registry,
    shop: ShopFolder,
    bundle: Path,
    failing: str,
    move: Any,
) -> None:
    """When the database refuses an alias there is still a champion, and a promotion after it ends well."""
    for _ in range(3):
        record(embedded, bundle)
    with closing(sqlite3.connect(shop.registry / "mlflow.db")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON registered_model_aliases "
            f"WHEN NEW.alias = '{failing}' BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        try:
            with pytest.raises(HuitouError, match=r"failed: disk full\. Mend this, then try again\.$"):
                move(embedded)
        finally:
            database.execute("DROP TRIGGER full")
    champion = embedded.champion()
    assert champion is not None
    assert champion.number in {3, 2}
    embedded.promote(1)
    assert aliases(embedded) == {3: (), 2: (), 1: ("champion",)} | {champion.number: ("previous",)}


def test_a_shop_that_was_moved(shop: ShopFolder, bundle: Path, tmp_path: Path) -> None:
    """A shop copied elsewhere gives its old bundles and records new ones there, not in the old place."""
    before = sorted((shop.registry / "artifacts").iterdir())
    shutil.copytree(shop.path, tmp_path / "moved")
    moved = ShopFolder.open(tmp_path / "moved")
    registry = Registry(moved)
    first = registry.versions()[-1]
    shutil.rmtree(tmp_path / "moved" / "bundles", ignore_errors=True)
    assert contents(registry.fetch(first, moved.bundles)) == contents(bundle)
    second = record(registry, bundle)
    assert (moved.registry / "artifacts" / second.run_id).is_dir()
    assert sorted((shop.registry / "artifacts").iterdir()) == before


def test_the_tables_of_another_mlflow(shop: ShopFolder, tmp_path: Path) -> None:
    """A database of another MLflow's schema is told with the command that brings it up to date."""
    shutil.copytree(shop.path, tmp_path / "old")
    old = ShopFolder.open(tmp_path / "old")
    with closing(sqlite3.connect(old.registry / "mlflow.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '451aebb31d03'")
        database.commit()
    step = f"Copy {old.registry}/mlflow.db, then bring it up to date: mlflow db upgrade 'sqlite:///{old.registry}/mlflow.db'."
    with pytest.raises(HuitouError, match=rf"out-of-date database schema.* {re.escape(step)}$"):
        Registry(old).versions()
