"""Freezing: who fits and may be written to is on the list, in order, with a group that stays; and nothing half made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.errors import HuitouError
from features.events.event import CUSTOMER_SCHEMA
from serving.database.marketing.lists import FrozenList, FrozenLists
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.desk.workroom import Workroom
from serving.lists.frozen import freeze as freezing
from serving.lists.frozen.freeze import freeze
from serving.lists.frozen.member_file import member_file
from serving.lists.request import ListRequest
from tests.serving.lists.listed_shop import EVERYONE, crowd, frozen, groups, made, members, open_room
from tests.serving.published_shop import NOW, PEOPLE, Person, write_snapshot


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def ids(room: Workroom, header: FrozenList) -> list[str]:
    found: list[str] = members(room, header)["customer_id"].to_pylist()
    return found


def test_the_header_tells_everything(room: Workroom) -> None:
    """What was asked, by whom, from what; who is on it, who was left out and why; the order and the reason for it."""
    header = frozen(room, filter={"field": "layer", "in": ["lost", "active"]}, name="some")
    assert (header.name, header.version, header.made_by, header.made_at) == ("some", 1, "k1", NOW)
    assert header.snapshot_id == room.snapshot.id
    assert header.request == {"name": "some", "filter": {"field": "layer", "in": ["lost", "active"]}}
    assert {name: header.counts[name] for name in ("fitting", "members", "below_top", "by_model", "by_merchant")} == {
        "fitting": 3,
        "members": 2,
        "below_top": 0,
        "by_model": 2,
        "by_merchant": 0,
    }
    assert header.counts["excluded"] == {"not_contactable": 1}
    assert header.ranking["name"] == "at_stake"
    assert "no uplift model" in header.ranking["why"]["en"]
    assert "排序" in header.ranking["why"]["zh"]
    assert FrozenLists(room.database).get(header.list_id) == header


def test_members_are_told_with_all_that_is_needed(room: Workroom) -> None:
    """Place, group, score, band, what is predicted, reasons and plan in both languages, items with titles."""
    first = members(room, frozen(room)).to_pylist()[0]
    told = {name: first[name] for name in ("place", "customer_id", "by_model", "by_merchant", "score", "band", "layer")}
    assert told == {
        "place": 1,
        "customer_id": "anna",
        "by_model": True,
        "by_merchant": False,
        "score": 400.0,
        "band": "A",
        "layer": "high_win_back",
    }
    assert first["churn_probability_91d"] == 0.8
    assert first["rfm_group"] == "at_risk"
    assert first["value_level"] == "middle"
    assert (first["reasons_en"], first["reasons_zh"]) == (["silent for long"], ["很久没来"])
    assert first["item_ids"] == ["kettle", "apple", "tea 🍵"]
    assert first["item_titles"] == ["The kettle", "The apple", "The tea 🍵"]
    assert "Remind them of the open cart" in first["plan_en"]
    assert "购物车" in first["plan_zh"]


def test_nobody_is_told_reasons_against_their_place(room: Workroom) -> None:
    """Ranked by what is at stake, reasons for an order are left out; ranked by the chance of one they are told."""
    at_stake = members(room, frozen(room)).to_pylist()
    likely = members(room, frozen(room, rank_by="order_probability")).to_pylist()
    reasons = [{row["customer_id"]: row["reasons_en"] for row in rows}["quiet"] for rows in (at_stake, likely)]
    assert reasons == [[], ["looked at 5 items this week"]]


def test_an_open_cart_is_reminded_of(room: Workroom) -> None:
    """A list of open carts offers what lies in them, and says so; the plan is that of the template."""
    rows = {row["customer_id"]: row for row in members(room, frozen(room, template="open-cart")).to_pylist()}
    assert rows["anna"]["item_ids"][:2] == ["kettle", "apple"]  # what is gone is not among them
    assert rows["anna"]["reasons_en"] == ["The kettle is in the cart", "silent for long"]
    assert rows["王小明"]["reasons_zh"] == ["购物车中有The a/b 苹果", "本周看了5件商品"]
    assert len({row["plan_en"] for row in rows.values()}) == 1


def test_who_opted_out_gets_popular_items_and_no_word_of_the_cart(room: Workroom) -> None:
    """Who wants nothing personal is offered what everybody is, also when the choice was made after the snapshot."""
    described = Described(room.database)
    described.put(pa.Table.from_pylist([{"customer_id": "anna", "personalized": False}], CUSTOMER_SCHEMA), NOW)
    rows = {row["customer_id"]: row for row in members(room, frozen(room, template="open-cart")).to_pylist()}
    for name in ("quiet", "anna"):
        assert rows[name]["item_ids"][:2] == ["tea 🍵", "apple"]
    assert rows["quiet"]["reasons_en"] == ["looked at 5 items this week"]


def test_who_said_no_since_is_not_on_it(room: Workroom) -> None:
    """No letters from now on, and a deletion that is on its way, count at once."""
    described = Described(room.database)
    described.put(pa.Table.from_pylist([{"customer_id": "anna", "contactable": False}], CUSTOMER_SCHEMA), NOW)
    Erased(room.database).begin(["quiet"], NOW)
    header = frozen(room)
    assert set(ids(room, header)) == {"b/o b", "王小明", "visitor:v 1"}
    assert header.counts["excluded"] == {"deleted": 1, "not_contactable": 2}


def test_who_is_deleted_while_it_is_made_is_not_on_it(room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deletion that begins after people were chosen takes them off before the list is told."""

    def slowly(*given: Any) -> str:
        checksum = written(*given)
        Erased(room.database).begin(["anna"], NOW)
        return checksum

    written = freezing._written
    monkeypatch.setattr(freezing, "_written", slowly)
    header = frozen(room)
    assert "anna" not in ids(room, header)
    assert header.erased == 1


def test_the_top_is_cut_after_care(room: Workroom) -> None:
    """The first two who may be written to are taken; how many more there are is counted."""
    header = frozen(room, top=2)
    assert ids(room, header) == ["anna", "quiet"]
    assert (header.counts["members"], header.counts["below_top"]) == (2, 3)


def test_groups_stay_when_the_list_is_pulled_again(tmp_path: Path) -> None:
    """The same name keeps everybody's group, whoever comes and goes, and in a later snapshot."""
    with open_room(tmp_path / "shop", people=crowd(300)) as room:
        first = groups(room, frozen(room, control_share=0.3))
        assert groups(room, frozen(room, control_share=0.3)) == first
        fewer = groups(room, frozen(room, filter={"field": "layer", "is": "lost"}, name="all", control_share=0.3))
        assert fewer == {person: first[person] for person in fewer}
        write_snapshot(room.shop, [*crowd(200)[::-1], *crowd(300, "new")])
        later = groups(room, frozen(room, control_share=0.3))
        assert {person: later[person] for person in later if person in first} == {
            person: first[person] for person in later if person in first
        }
        new = [group for person, group in later.items() if person not in first]
        assert abs(new.count("control") - 0.3 * len(new)) < 1
        # One who was away for a version is where they were.
        assert {p: g for p, g in groups(room, frozen(room, control_share=0.3)).items() if p in first} == {
            p: g for p, g in first.items() if p in later
        }


def test_another_name_draws_other_people(tmp_path: Path) -> None:
    """Two lists of the same people leave different ones alone."""
    with open_room(tmp_path / "shop", people=crowd(300)) as room:
        one, other = (groups(room, frozen(room, name=name, control_share=0.5)) for name in ("one", "other"))
    same = sum(one[person] == other[person] for person in one)
    assert 100 < same < 200


def test_every_stratum_has_its_control_group(tmp_path: Path) -> None:
    """Layer by value level, the share is left alone; the header counts it."""
    with open_room(tmp_path / "shop", people=crowd(600)) as room:
        header = frozen(room, control_share=0.2)
    assert header.counts["control"] == 120
    assert len(header.counts["strata"]) > 3
    for counts in header.counts["strata"].values():
        assert abs(counts["control"] - 0.2 * (counts["treatment"] + counts["control"])) < 1


def test_no_control_group_if_somebody_insists(room: Workroom) -> None:
    """A share of 0 leaves nobody alone."""
    assert set(groups(room, frozen(room, control_share=0)).values()) == {"treatment"}


def test_the_merchants_own_list_is_a_second_arm(room: Workroom) -> None:
    """Its people pass the same care, come behind the model's, and have one group each; what is unknown is told."""
    named = ["anna", "noletter", "王小明", "nobody", "anna"]
    done = made(room, filter={"field": "layer", "is": "active"}, merchant={"customer_ids": named})
    rows = members(room, done.frozen).select(["customer_id", "by_model", "by_merchant"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("quiet", True, False),
        ("anna", False, True),
        ("王小明", False, True),
    ]
    assert done.unknown == ("nobody",)
    assert done.frozen.counts["merchant"] == {
        "given": 5,
        "known": 3,
        "unknown": 1,
        "excluded": {"not_contactable": 1},
    }
    assert done.frozen.counts["by_both"] == 0
    assert done.frozen.request["merchant"] == {"customer_ids": 5}


def test_a_merchants_rule(room: Workroom) -> None:
    """A filter does as well as ids; who is on both lists is told by both marks."""
    header = frozen(room, merchant={"filter": {"field": "net_spend_all", "at_least": 500}}, top=1)
    rows = members(room, header).select(["customer_id", "by_model", "by_merchant"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("anna", True, True), ("quiet", False, True)]


def test_who_wants_an_item(room: Workroom) -> None:
    """A list for an item is ordered by the wish for it, says why, and offers it first."""
    header = frozen(room, interested_in={"item": "kettle"}, name="kettle", top=2)
    rows = members(room, header).to_pylist()
    assert [row["customer_id"] for row in rows] == ["anna", "王小明"]
    assert [row["item_ids"][0] for row in rows] == ["kettle", "kettle"]
    assert rows[1]["reasons_en"][0] == "often viewed together with The a/b 苹果"
    assert header.ranking["name"] == "interest"


def test_who_wants_something_of_a_category(room: Workroom) -> None:
    """The same for a category, of which each is offered the item that they want most."""
    rows = members(room, frozen(room, interested_in={"category": ["fruit"]}, name="fruit")).to_pylist()
    assert {row["item_ids"][0] for row in rows if row["score"]} <= {"apple", "a/b 苹果"}


NOTHING_MADE = [
    pytest.param(
        {"filter": {"field": "net_spend_all", "at_least": 1e9}}, "nobody in the snapshot fits", id="nobody fits"
    ),
    pytest.param({"filter": {"field": "spend", "at_least": 1}}, "must be a field", id="unknown field"),
    pytest.param({"template": "nope"}, "template must be one of", id="unknown template"),
    pytest.param({"audience": "nope"}, "there is no audience 'nope'", id="unknown audience"),
    pytest.param({"interested_in": {"item": "nope"}}, "no item has the id 'nope'", id="unknown item"),
    pytest.param({"rank_by": "uplift"}, "rank_by uplift needs an uplift model", id="no uplift"),
    pytest.param(
        {"merchant": {"customer_ids": ["x", "y"]}}, "none of the 2 ids of the merchant's list", id="wrong ids"
    ),
]


@pytest.mark.parametrize(("said", "told"), NOTHING_MADE)
def test_a_mistake_makes_nothing(room: Workroom, said: dict[str, Any], told: str) -> None:
    """One clear error, and neither a file nor a row."""
    with pytest.raises(HuitouError, match=told):
        frozen(room, **said)
    assert FrozenLists(room.database).count() == 0
    assert not [*room.shop.path.glob("lists/*")]


def test_nobody_is_left_after_care(tmp_path: Path) -> None:
    """Where everybody who fits must not be written to, it says why, and makes nothing."""
    people = [Person("one", layer="lost", contactable=False), *PEOPLE[:1]]
    with open_room(tmp_path / "shop", people=people) as room:
        with pytest.raises(
            HuitouError, match=r"^nobody is left: everybody who fits was left out \(must not be written to: 1\)\.$"
        ):
            frozen(room, filter={"field": "layer", "is": "lost"})
        assert FrozenLists(room.database).count() == 0


def test_a_failure_leaves_nothing(room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the row cannot be written the file goes, too; when the file cannot be, there is no row."""
    given = ListRequest.read(EVERYONE)

    def fails(*_: Any) -> None:
        raise HuitouError("the database did not answer", code="database")

    def full(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(FrozenLists, "add", fails)
        with pytest.raises(HuitouError, match="did not answer"):
            freeze(room, given, "k1")
    with monkeypatch.context() as patch:
        patch.setattr("serving.lists.frozen.member_file.os.replace", full)
        with pytest.raises(OSError, match="full"):
            freeze(room, given, "k1")
    assert FrozenLists(room.database).count() == 0
    assert not [*room.shop.path.glob("lists/*")]
    assert not [*room.shop.path.glob("lists/.*")]


def test_a_list_never_changes(room: Workroom) -> None:
    """What was made is read as it was; a file that is not so any more is refused."""
    header = frozen(room)
    before = members(room, header)
    frozen(room)
    assert members(room, header).equals(before)
    file = member_file(room.shop, header.list_id)
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    with pytest.raises(HuitouError, match="is not as it was written"):
        members(room, header)
    file.unlink()
    with pytest.raises(HuitouError, match="is not there"):
        members(room, header)
