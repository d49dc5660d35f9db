"""What long lists cost: freezing one, and writing it as CSV, JSON Lines, a sheet, and a platform's upload of hashes.

``OMP_NUM_THREADS=1 python -m benchmarks.lists --shop shop`` on a published shop, of which nothing is changed: list and
database lie in a folder beside it that goes at the end, and e-mail addresses and telephone numbers are planted there.
Each step is done in a process of its own, since its highest memory is what is asked. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenLists
from serving.database.people.contact_cipher import ContactCipher, new_key
from serving.database.people.contact_details import ContactDetails
from serving.database.people.person_hash import person_hash
from serving.desk.workroom import workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.frozen.freeze import freeze
from serving.lists.request import ListRequest
from serving.lists.work import write_list

PEOPLE = 50_000
"""How long the list is where nothing is said."""

AT_ONCE = 2_000
"""So many contact details are told in one transaction."""

CHOSEN = ("place", "customer_id", "group", "band", "score", "layer")
"""Six columns, as a marketer may choose them."""

APART = get_context("forkserver")
APART.set_forkserver_preload(["benchmarks.lists"])
"""Starts a process for each step, all from one that has imported what they need and done nothing else."""

EXPORTS: Mapping[str, ExportOptions] = {
    "csv, all columns": ExportOptions("csv"),
    "csv, six columns": ExportOptions("csv", CHOSEN),
    "jsonl, all columns": ExportOptions("jsonl"),
    "xlsx, six columns": ExportOptions("xlsx", CHOSEN),
    "xlsx, all columns": ExportOptions("xlsx"),
    "google": ExportOptions("google"),
    "meta": ExportOptions("meta"),
    "csv, plain contacts": ExportOptions("csv", ("customer_id", "name", "email", "phone")),
}
"""What is measured."""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure what making and exporting a long list costs.")
    parser.add_argument("--shop", type=Path, required=True, help="the folder of a published shop; nothing is changed")
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many people the list has at most")
    parser.add_argument("--contacts", type=int, default=PEOPLE, help="of how many of them contact details are told")
    said = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = measured(said.shop, Path(folder), said.people, said.contacts)
    print(json.dumps(found))


def measured(shop: Path, folder: Path, people: int, contacts: int) -> dict[str, Any]:
    """Seconds, highest memory and bytes of each step with a list of ``people``, printed too."""
    beside, keys = shop_beside(shop, folder / "shop"), new_key()
    list_id, frozen = apart(make_list, beside, people)
    told, _ = apart(tell_contacts, beside, list_id, contacts, keys)
    print(f"{frozen['people']:,} people, contact details of {told:,}")
    found: dict[str, Any] = {"people": frozen["people"], "contacts": told, "freeze": frozen}
    for name, options in EXPORTS.items():
        size, took = apart(write, beside, list_id, options, keys, folder / "list.out")
        found[name] = took | {"mb": round(size / 1e6, 1)}
        print(f"{name:22} {took['seconds']:7.1f} s, highest {took['peak_mb']:5.0f} MB, file {size / 1e6:8.1f} MB")
    return found


def shop_beside(shop: Path, place: Path) -> Path:
    """A folder that reads all of a shop but its database and its lists."""
    place.mkdir()
    for entry in shop.iterdir():
        if entry.name != "lists" and not entry.name.startswith("huitou.db"):
            (place / entry.name).symlink_to(entry.resolve())
    return place


def make_list(shop: Path, people: int) -> tuple[str, dict[str, Any]]:
    """Freeze a list; its id."""
    with workroom(ShopFolder.open(shop), None, _now) as room:
        said = {"name": "everybody", "filter": {"everyone": True}, "top": people}
        made = freeze(room, ListRequest.read(said), "benchmark")
    return made.list_id, {"people": made.counts["members"]}


def tell_contacts(shop: Path, list_id: str, contacts: int, keys: str) -> tuple[int, dict[str, Any]]:
    """Tell how to reach the first on a list, made up of the hashes of their ids; how many those are."""
    with workroom(ShopFolder.open(shop), None, _now, keys) as room:
        FrozenLists(room.database).get(list_id)
        members = pq.read_table(shop / "lists" / f"{list_id}.parquet", columns=["customer_id"])
        ids: Sequence[str] = members["customer_id"].slice(0, contacts).to_pylist()
        details = ContactDetails(room.database, ContactCipher(keys))
        for start in range(0, len(ids), AT_ONCE):
            details.put({each: _reached(each) for each in ids[start : start + AT_ONCE]}, _now())
    return len(ids), {}


def _reached(customer_id: str) -> dict[str, str]:
    letters = person_hash(customer_id)
    number = int(letters[:12], 16) % 10**8
    return {"email": f"{letters[:16]}@Example.com", "phone": f"138{number:08}", "name": letters[:8]}


def write(shop: Path, list_id: str, options: ExportOptions, keys: str, file: Path) -> tuple[int, dict[str, Any]]:
    """Write a list as the command does; the bytes of the file."""
    with workroom(ShopFolder.open(shop), None, _now, keys) as room:
        write_list(room, list_id, file, options, "benchmark")
    return file.stat().st_size, {}


def apart(step: Any, *given: Any) -> tuple[Any, dict[str, Any]]:
    """The answer of a step that is done in a process of its own, its seconds there and its highest memory."""
    with ProcessPoolExecutor(1, mp_context=APART) as pool:
        answer: tuple[Any, dict[str, Any]] = pool.submit(_clocked, step, given).result()
    return answer


def _clocked(step: Any, given: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
    began = time.perf_counter()
    answer, told = step(*given)
    return answer, {**told, "seconds": round(time.perf_counter() - began, 2), "peak_mb": peak_mb()}


def peak_mb() -> float:
    """The most memory that this process had, in megabytes, mapped files included."""
    said = Path("/proc/self/status").read_text(encoding="utf-8")
    return round(int(re.findall(r"^VmHWM:\s+(\d+) kB", said, re.MULTILINE)[0]) / 1024, 1)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
