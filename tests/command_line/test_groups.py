"""``huitou layers``, ``huitou flow`` and ``huitou playbook``."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from features.shop.groups.rfm import RFM_GROUPS
from features.shop_folder import ShopFolder
from tests.command_line.command import done, refused
from tests.serving.published_shop import small_shop
from tests.small_shop import random_events, stored


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small published shop."""
    return small_shop(tmp_path_factory.mktemp("published") / "shop").path


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop with a year of events from January 2024 on."""
    folder = tmp_path_factory.mktemp("moving") / "shop"
    return stored(folder, random_events(3, 2_000, customers=100), timezone="Asia/Shanghai").path


def _cells(printed: str) -> set[str]:
    """The heads and cells of what was printed as tables."""
    return {cell.strip() for line in printed.splitlines() for cell in re.split("[┃│]", line)}


def test_groups_are_told(published: Path) -> None:
    """Every group is printed with its size and its plan, and the day rules in force with the reason."""
    said = done("layers", "--shop", published)
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in said.splitlines() if "│" in line]
    assert ["Lost", "2", "33.3%", "40.0%", "38.5%"] in lines
    assert ["High value", "2", "40.0%", "40.0%", "72.6%"] in lines
    assert "High win-back: last order 90 to 180 days ago. Ask them back with the items" in said
    assert said.splitlines()[-1] == "the day rules are those in shop.json"
    assert said.count("\nshares are of all 6 people, visitors included, and of what they bought\n") == 3
    assert said.count("\nshares are of those who have ordered, 5 of all 6 people\n") == 2
    chinese = done("layers", "--shop", published, "--language", "zh")
    assert "占比以下过单的5人计（全部6人）" in chinese
    assert "高召回价值：最近一次下单在90至180天之前。用最可能感兴趣的商品邀请回购；" in chinese
    assert "分层天数采用 shop.json 中的设置" in chinese
    assert not {"group", "customers", "of orders"} & _cells(chinese)


def test_a_table_is_written(published: Path, tmp_path: Path) -> None:
    """The table has a row for each group, with its plan in parts."""
    file = tmp_path / "groups.csv"
    done("layers", "--shop", published, "--out", file)
    with open(file, encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == 31
    assert (rows[0]["grouping"], rows[0]["group"], rows[0]["channel"]) == ("layer", "new", "email")


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--out", "g.pdf"), "out must end with .csv or .xlsx; got g.pdf. Write for example --out g.csv."),
        (("--language", "fr"), "language must be one of en, zh; got 'fr'. Leave it out for en."),
    ],
)
def test_mistakes_are_told(options: tuple[str, str], wanted: str, published: Path) -> None:
    """Another ending or language is refused in one line."""
    assert refused("layers", "--shop", published, *options) == wanted


def test_moves_are_told(moving: Path) -> None:
    """A row for each move, and how many are where they were; days are the shop's."""
    said = done("flow", "--shop", moving, "--from", "2024-06-01", "--to", "2024-12-01", "--by", "layer")
    assert "Where the people of 2024-06-01 are on 2024-12-01" in said
    assert "of 100 (" in said
    assert said.count("the day rules are those in shop.json") == 2
    assert {"from", "to", "people", "of those from there", "Active", "Visitors"} <= _cells(said)
    chinese = done(
        *("flow", "--shop", moving, "--from", "2024-01-10", "--to", "2024-12-01"),
        *("--by", "value_level"),
        *("--language", "zh"),
    )
    assert "2024-01-10 的客户在 2024-12-01 的去向" in chinese
    assert {"原分组", "现分组", "人数", "占原分组", "访客", "高价值", "尚未出现"} <= _cells(chinese)


def test_moves_between_many_groups_fit_a_terminal(moving: Path) -> None:
    """At 80 columns each move is one line: from, to, people and their share, the most people first."""
    said = done("flow", "--shop", moving, "--from", "2024-06-01", "--to", "2024-12-01", "--by", "rfm_group")
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in said.splitlines() if line[:1] == "│"]
    assert max(len(line) for line in said.splitlines() if line[:1] in "┏│") <= 80
    people = [int(count) for _, _, count, _ in rows]
    assert (sum(people), people) == (100, sorted(people, reverse=True))
    assert len({(come, go) for come, go, _, _ in rows}) == len(rows) > 10
    of_group: dict[str, int] = {}
    for come, _, count, _ in rows:
        of_group[come] = of_group.get(come, 0) + int(count)
    assert [share for *_, share in rows] == [f"{int(count) / of_group[come]:.1%}" for come, _, count, _ in rows]
    assert set(of_group) <= {"not there", "Visitors", *(group.title["en"] for group in RFM_GROUPS)}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (
            ("--from", "June", "--to", "2024-12-01"),
            "--from must be a day, such as 2025-03-01; got 'June'. Write year, month and day.",
        ),
        (("--from", "2024-12-01", "--to", "2024-06-01"), "from must be before to; got 2024-12-01 and 2024-06-01."),
        (
            ("--from", "2024-06-01", "--to", "2024-12-01", "--by", "kind"),
            "by must be one of layer, stage, rfm_group, value_level, behaviour_group; got 'kind'.",
        ),
    ],
)
def test_wrong_days_are_told(options: tuple[str, ...], wanted: str, moving: Path) -> None:
    """A day that is none, days in the wrong order, and unknown groups are refused in one line."""
    assert refused("flow", "--shop", moving, *options) == wanted


def test_the_playbook(published: Path, tmp_path: Path) -> None:
    """The built-in plans are written down once, and what the shop changes in them counts from then on."""
    shop = ShopFolder.open(shutil.copytree(published, tmp_path / "shop"))
    file = shop.path / "playbook.json"
    assert done("playbook", "check", "--shop", shop.path).endswith("so the built-in plans count\n")
    done("playbook", "init", "--shop", shop.path)
    assert refused("playbook", "init", "--shop", shop.path) == (
        f"{file} is there already. Change it, or move it away first."
    )
    said = json.loads(file.read_text(encoding="utf-8"))
    said["plans"]["layer"]["lost"]["text"] = "Let them go [bold]"
    file.write_text(json.dumps(said), encoding="utf-8")
    assert done("playbook", "check", "--shop", shop.path).endswith("playbook.json can be used\n")
    assert "layer:new: Welcome them" in done("playbook", "show", "--shop", shop.path)
    assert "layer:lost: Let them go [bold]; channel: E-mail; offer: the offer of the sale;" in done(
        "playbook", "show", "--shop", shop.path
    )
    assert "Let them go [bold]" in done("layers", "--shop", shop.path)
    file.write_text('{"plans": {"layer": {"old": {}}}}', encoding="utf-8")
    assert refused("playbook", "check", "--shop", shop.path).startswith("playbook.json: plans.layer must name new,")
