"""Members of campaigns: both arms, the first contact, days, and only what is complete and known."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tests.small_shop import contacts, moment
from training.uplift.campaign_members import MOST_WAVES, CampaignMembers, randomised_campaigns

AS_OF = moment("2025-06-01T00:00Z")


def told(campaign: str, arm: str = "treated", **more: Any) -> dict[str, Any]:
    """The further fields of a contact."""
    known = {"campaign_id": campaign, "arm": arm, "known_at": None, **more}
    return {name: moment(value) if name == "known_at" and value else value for name, value in known.items()}


def found(*rows: tuple[Any, ...], timezone: str = "UTC") -> tuple[CampaignMembers, ...]:
    """The campaigns in some contacts, with a horizon of thirty days; a contact was known when it happened."""
    table = contacts(*rows)
    known = pa.compute.coalesce(table["known_at"], table["contacted_at"])
    table = table.set_column(table.schema.get_field_index("known_at"), "known_at", known)
    return randomised_campaigns(table, AS_OF, 30, timezone)


def test_only_campaigns_with_a_control_group() -> None:
    """A campaign that wrote to all, and contacts of no campaign, teach nothing; the others come oldest first."""
    campaigns = found(
        ("anna", "2025-03-01T10:00Z", told("new", "control")),
        ("bert", "2025-03-01T10:00Z", told("new")),
        ("carl", "2025-02-01T10:00Z", told("old", "control")),
        ("anna", "2025-02-01T10:00Z", told("old")),
        ("anna", "2025-01-01T10:00Z", told("to all")),
        ("anna", "2025-01-01T10:00Z", {"arm": "control"}),
    )
    assert [(each.name, each.treated, each.control) for each in campaigns] == [("old", 1, 1), ("new", 1, 1)]
    assert campaigns[0].begins == moment("2025-02-01T10:00Z")


def test_the_first_contact_counts() -> None:
    """Who is reminded, or falls into the other arm later, stays where the first contact was."""
    [campaign] = found(
        ("anna", "2025-03-02T10:00Z", told("c")),
        ("anna", "2025-03-01T10:00Z", told("c", "control")),
        ("bert", "2025-03-01T10:00Z", told("c")),
        ("bert", "2025-03-05T10:00Z", told("c")),
    )
    [wave] = campaign.waves
    assert dict(zip(wave.customer_ids.to_pylist(), wave.treated.tolist(), strict=True)) == {
        "anna": False,
        "bert": True,
    }


def test_a_day_of_the_shop_is_looked_at_from_its_first_contact() -> None:
    """Contacts of one local day share the moment of the first; those of the next day have their own."""
    rows = [
        ("anna", "2025-03-01T17:30Z", told("c")),
        ("bert", "2025-03-01T16:30Z", told("c", "control")),
        ("carl", "2025-03-02T16:30Z", told("c")),
        ("dora", "2025-03-01T15:59Z", told("c", "control")),
    ]
    [campaign] = found(*rows, timezone="Asia/Shanghai")
    assert [(wave.cutoff, wave.customer_ids.to_pylist()) for wave in campaign.waves] == [
        (moment("2025-03-01T15:59Z"), ["dora"]),
        (moment("2025-03-01T16:30Z"), ["anna", "bert"]),
        (moment("2025-03-02T16:30Z"), ["carl"]),
    ]


def test_what_is_not_complete_or_not_known_is_left_out() -> None:
    """A horizon that has not ended by then, and a contact that was not known by then, are not there yet."""
    assert not found(("anna", "2025-05-10T10:00Z", told("c")), ("bert", "2025-05-10T10:00Z", told("c", "control")))
    late = told("c", "control", known_at="2025-06-02T00:00Z")
    assert not found(("anna", "2025-03-01T10:00Z", told("c")), ("bert", "2025-03-01T10:00Z", late))
    assert not found()


def test_of_many_days_the_largest_are_taken() -> None:
    """A campaign that writes every day is looked at on its largest days."""
    rows = [
        (f"person {day} {number}", f"2025-03-{day:02}T10:00Z", told("c", "control" if number % 2 else "treated"))
        for day in range(1, 16)
        for number in range(2 if day <= 5 else 4)
    ]
    [campaign] = found(*rows)
    assert len(campaign.waves) == MOST_WAVES
    assert campaign.begins == moment("2025-03-06T10:00Z")
