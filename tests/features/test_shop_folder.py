"""The folder of one shop: its settings, its paths and its lock."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from math import nan
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings, replace_text

RISING = "the layers' days must rise (new < active < high win-back < lost);"
HORIZON = "horizon_days must be null or a whole number from 1 to 3650"
HOLD = """
import sys
from features.shop_folder import ShopFolder
with ShopFolder.open(sys.argv[1]).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path: Path, root: Path) -> subprocess.Popen[str]:
    """A process that holds the writer's lock of the shop in ``path``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_shop_keeps_its_settings(tmp_path: Path) -> None:
    """What a shop was made with is there when it is opened, and a second create changes nothing."""
    settings = ShopSettings(timezone="Asia/Shanghai", currency="EUR", buckets=64, lost_after_days=400)
    ShopFolder.create(tmp_path / "shop", settings)
    assert ShopFolder.open(tmp_path / "shop").settings == settings
    assert ShopFolder.create(tmp_path / "shop", ShopSettings(buckets=2)).settings == settings


def test_everything_lies_in_the_folder(tmp_path: Path) -> None:
    """Each place of a shop is inside its folder and is its own."""
    shop = ShopFolder.create(tmp_path / "shop")
    names = ("warehouse", "staging", "rejected", "registry", "bundles", "snapshots", "database")
    places = [getattr(shop, name) for name in names]
    assert {place.parent for place in places} == {tmp_path / "shop"}
    assert len(set(places)) == len(places)


def test_no_shop_is_told(tmp_path: Path) -> None:
    """Opening a folder without a shop says so and what to do."""
    with pytest.raises(HuitouError) as caught:
        ShopFolder.open(tmp_path)
    assert str(caught.value) == (
        f"there is no shop in {tmp_path} (no shop.json). Import events first, or name its folder with --shop."
    )
    assert caught.value.code == "no_shop"


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '"shop"', "null"])
def test_a_broken_settings_file_is_told(tmp_path: Path, text: str) -> None:
    """A shop.json that is not an object of settings is named, with the request to mend it."""
    (tmp_path / "shop.json").write_text(text, encoding="utf-8")
    with pytest.raises(HuitouError, match=r"shop\.json must be a JSON object of shop settings; .* Mend or"):
        ShopFolder.open(tmp_path)


def test_settings_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    """A setting that this version does not know is no reason to refuse the shop."""
    (tmp_path / "shop.json").write_text('{"buckets": 8, "motto": "tea"}', encoding="utf-8")
    assert ShopFolder.open(tmp_path).settings == ShopSettings(buckets=8)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"timezone": "Shanghai"},
            "timezone must be an IANA name; got 'Shanghai'. Use for example Asia/Shanghai or UTC.",
        ),
        (
            {"timezone": "../shop"},
            "timezone must be an IANA name; got '../shop'. Use for example Asia/Shanghai or UTC.",
        ),
        ({"timezone": 8}, "timezone must be text; got 8. Mend it in shop.json."),
        ({"buckets": 0}, "buckets must be between 1 and 1024; got 0. Use 16, or 64 for a large shop."),
        ({"buckets": 1025}, "buckets must be between 1 and 1024; got 1025. Use 16, or 64 for a large shop."),
        ({"buckets": "16"}, "buckets must be a whole number; got '16'. Mend it in shop.json."),
        ({"buckets": True}, "buckets must be a whole number; got True. Mend it in shop.json."),
        (
            {"lost_after_days": None},
            "lost_after_days must be a whole number; got None. Mend it in shop.json.",
        ),
        ({"set_aside": "no"}, "set_aside must be true or false; got 'no'. Mend it in shop.json."),
        ({"set_aside": 0}, "set_aside must be true or false; got 0. Mend it in shop.json."),
        ({"contact_cost": -0.5}, "contact_cost must be between 0 and 1,000,000; got -0.5. Mend it in shop.json."),
        ({"contact_cost": "1"}, "contact_cost must be a number; got '1'. Mend it in shop.json."),
        ({"order_margin": 30}, "order_margin must be between 0 and 1; got 30. Mend it in shop.json."),
        ({"contact_success_rate": nan}, "contact_success_rate must be between 0 and 1; got nan. Mend it in shop.json."),
        *(
            (
                {"horizon_days": wrong},
                f"{HORIZON}; got {wrong!r}. Mend it in shop.json; null stands for the shop's own.",
            )
            for wrong in (0, 3651, 30.0, "30", True)
        ),
        (
            {"layer_days": "own"},
            "layer_days must be one of fixed, own_cycle; got 'own'. Mend it in shop.json.",
        ),
        ({"layer_days": None}, "layer_days must be text; got None. Mend it in shop.json."),
        (
            {"active_within_days": 45},
            f"{RISING} got (45, 45, 180, 360). Mend them in shop.json.",
        ),
        (
            {"new_within_days": 0},
            f"{RISING} got (0, 90, 180, 360). Mend them in shop.json.",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, wrong: dict[str, Any], message: str) -> None:
    """A wrong setting is refused with its rule, the value and the way out, made or read."""
    with pytest.raises(HuitouError) as made:
        ShopFolder.create(tmp_path / "new", ShopSettings(**wrong))
    assert not (tmp_path / "new").exists()
    (tmp_path / "shop.json").write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(HuitouError) as read:
        ShopFolder.open(tmp_path)
    assert (str(made.value), str(read.value)) == (message, message)
    assert made.value.field in wrong or made.value.field == "lost_after_days"


def test_money_may_be_a_whole_number(tmp_path: Path) -> None:
    """A cost written without a decimal point is a number like any other."""
    (tmp_path / "shop.json").write_text('{"contact_cost": 2, "order_margin": 0}', encoding="utf-8")
    settings = ShopFolder.open(tmp_path).settings
    assert (settings.contact_cost, settings.order_margin) == (2, 0)


@pytest.mark.parametrize("name", ["a[1]", "50%25", "back\\slash", "a^b", "a|b", "line\nbreak"])
def test_a_path_that_the_warehouse_cannot_address_is_refused(tmp_path: Path, name: str) -> None:
    """A folder whose name would be read otherwise than it is written is refused before anything is made."""
    with pytest.raises(HuitouError, match="the folder of a shop must not have .* in its path; got .* Choose"):
        ShopFolder.create(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_two_writers_at_once_are_refused(tmp_path: Path, root: Path) -> None:
    """While one process writes, a second is told to wait; when the first is killed the lock is free."""
    shop = ShopFolder.create(tmp_path / "shop")
    process = holder(shop.path, root)
    with pytest.raises(HuitouError) as caught, shop.writing():
        pass
    assert str(caught.value) == (f"another process is writing to the shop in {shop.path}. Wait until it has finished.")
    assert caught.value.code == "busy"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with shop.writing():
        assert (shop.path / ".writer.lock").exists()


def test_the_lock_is_free_after_a_mistake(tmp_path: Path) -> None:
    """An exception while writing releases the lock."""
    shop = ShopFolder.create(tmp_path / "shop")
    with pytest.raises(ZeroDivisionError), shop.writing():
        raise ZeroDivisionError
    with shop.writing(), pytest.raises(HuitouError, match="another process is writing"), shop.writing():
        pass


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """The text is the new one and nothing else is left beside the file."""
    file = tmp_path / "pointer"
    replace_text(file, "old, and longer")
    replace_text(file, "新")
    assert file.read_text(encoding="utf-8") == "新"
    assert list(tmp_path.iterdir()) == [file]


def test_promotion_calendars_are_known_ones(tmp_path: Path) -> None:
    """A list of known calendars is kept as it was said; another name, or no list, is one clear error."""
    said = ShopSettings(promotion_calendars=("chinese", "international"))
    ShopFolder.create(tmp_path, said)
    assert ShopFolder.open(tmp_path).settings == said
    for wrong in ('["lunar"]', '"chinese"', "[1]"):
        (tmp_path / "shop.json").write_text(f'{{"promotion_calendars": {wrong}}}')
        with pytest.raises(HuitouError, match="promotion_calendars must be null or a list of chinese and"):
            ShopFolder.open(tmp_path)
