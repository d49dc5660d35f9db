"""Who had been contacted before a cutoff, and who was contacted in a label window."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contacts import contact_marks, first_contact_days, treated_within
from features.events.contact_rows import as_stored, new_contacts
from features.events.event import STORED_CONTACT_SCHEMA
from tests import small_shop
from tests.small_shop import moment

CUTOFF = moment("2025-03-01T00:00Z")
DAY = timedelta(days=1)
EVERYBODY = pa.array(["anna", "ben", "carl"])


def contacts(*rows: tuple[Any, ...]) -> pa.Table:
    """Contacts as the warehouse keeps them: who, when, and if wanted a dict of further fields."""
    return new_contacts(as_stored(small_shop.contacts(*rows)), STORED_CONTACT_SCHEMA.empty_table())


def test_marks_worked_out_by_hand() -> None:
    """Anna had two messages in 30 days and one more in 90, ben one long ago, carl none."""
    found = contact_marks(
        contacts(
            ("anna", CUTOFF - 2 * DAY),
            ("anna", CUTOFF - 30 * DAY),
            ("anna", CUTOFF - 31 * DAY),
            ("ben", CUTOFF - 91 * DAY),
            ("somebody else", CUTOFF - DAY),
        ),
        EVERYBODY,
        CUTOFF,
    )
    np.testing.assert_array_equal(found.days_since_contact, [2, 91, np.nan])
    assert found.contact_count_30d.tolist() == [2, 0, 0]
    assert found.contact_count_90d.tolist() == [3, 0, 0]


@pytest.mark.parametrize(
    ("at", "more"),
    [
        (CUTOFF, {}),
        (CUTOFF + DAY, {}),
        (CUTOFF - DAY, {"known_at": CUTOFF}),
        (CUTOFF - DAY, {"arm": "control"}),
    ],
)
def test_what_is_no_mark(at: datetime, more: dict[str, Any]) -> None:
    """A contact at the cutoff or after it, one known only then, and one of the control arm mark nobody."""
    found = contact_marks(contacts(("anna", at, more)), EVERYBODY, CUTOFF)
    assert np.isnan(found.days_since_contact).all()
    assert found.contact_count_30d.tolist() == found.contact_count_90d.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("at", "more", "treated"),
    [
        (CUTOFF, {}, True),
        (CUTOFF - timedelta(microseconds=1), {}, False),
        (CUTOFF + 20 * DAY - timedelta(microseconds=1), {}, True),
        (CUTOFF + 20 * DAY, {}, False),
        (CUTOFF + DAY, {"known_at": CUTOFF + 20 * DAY}, False),
        (CUTOFF + DAY, {"known_at": CUTOFF + 19 * DAY}, True),
        (CUTOFF + DAY, {"arm": "control"}, False),
        (CUTOFF + DAY, {"arm": "treated"}, True),
    ],
)
def test_the_label_window_is_half_open_and_knows_its_own_time(
    at: datetime, more: dict[str, Any], treated: bool
) -> None:
    """Treated are those contacted from the cutoff to before the end, and known to be by then."""
    found = treated_within(contacts(("ben", at, more)), EVERYBODY, CUTOFF, CUTOFF + 20 * DAY)
    assert found.tolist() == [False, treated, False]


def test_the_first_contact_counts_in_days_since_the_cutoff() -> None:
    """Of several contacts the first inside the window is told, whatever came before it."""
    made = contacts(("anna", CUTOFF - DAY), ("anna", CUTOFF + 5 * DAY), ("anna", CUTOFF + 1.5 * DAY), ("ben", CUTOFF))
    found = first_contact_days(made, EVERYBODY, CUTOFF, CUTOFF + 20 * DAY)
    np.testing.assert_array_equal(found, [1.5, 0, np.nan])


def test_a_change_of_clocks_moves_no_contact() -> None:
    """Windows told in the shop's zone are compared as moments: ten days of New York in March are an hour shorter."""
    zone = ZoneInfo("America/New_York")
    since, before = datetime(2025, 3, 1, tzinfo=zone), datetime(2025, 3, 11, tzinfo=zone)
    made = contacts(("anna", moment("2025-03-11T03:59Z")), ("ben", moment("2025-03-11T04:00Z")))
    found = first_contact_days(made, EVERYBODY, since, before)
    np.testing.assert_allclose(found, [(9 * 1440 + 22 * 60 + 59) / 1440, np.nan, np.nan])


def test_without_contacts_or_customers_nothing_is_marked() -> None:
    """A shop that never wrote to anybody, and a bucket of nobody, have marks all the same."""
    nobody = pa.array([], pa.string())
    assert np.isnan(contact_marks(contacts(), EVERYBODY, CUTOFF).days_since_contact).all()
    assert len(contact_marks(contacts(("anna", CUTOFF - DAY)), nobody, CUTOFF).days_since_contact) == 0
    assert treated_within(contacts(), EVERYBODY, CUTOFF, CUTOFF + DAY).tolist() == [False] * 3


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["anna", "ben", "carl", "other"]),
            st.integers(-100 * 24, 40 * 24).map(lambda hours: CUTOFF + timedelta(hours=hours)),
            st.fixed_dictionaries({"arm": st.sampled_from(["treated", "control", None])}),
        ),
        max_size=20,
    )
)
def test_plain_loops_give_the_same_marks(rows: list[Any]) -> None:
    """For any contacts, in any order, marks and treatment are what loops over them say."""
    made = [(who, (at - CUTOFF) / DAY) for who, at, more in rows if more["arm"] != "control"]
    past = {name: [-days for who, days in made if who == name and days < 0] for name in EVERYBODY.to_pylist()}
    found = contact_marks(contacts(*rows), EVERYBODY, CUTOFF)
    np.testing.assert_allclose(found.days_since_contact, [min(ages, default=np.nan) for ages in past.values()])
    for days, counts in ((30, found.contact_count_30d), (90, found.contact_count_90d)):
        assert counts.tolist() == [sum(age <= days for age in ages) for ages in past.values()]
    treated = treated_within(contacts(*rows), EVERYBODY, CUTOFF, CUTOFF + 20 * DAY)
    assert treated.tolist() == [any(who == name and 0 <= days < 20 for who, days in made) for name in past]


def test_one_campaign_counts_a_person_once() -> None:
    """Whom a campaign chose as a customer and as visitors counts once, the day is that of the newest message.

    Reminders under one id count each, and so do other campaigns and messages of none.
    """
    spring, autumn = {"campaign_id": "spring"}, {"campaign_id": "autumn"}
    table = contacts(
        ("anna", CUTOFF - 40 * DAY, spring),
        ("anna", CUTOFF - 4 * DAY, spring),
        ("anna", CUTOFF - 3 * DAY, spring),
        ("anna", CUTOFF - 2 * DAY, autumn),
        ("anna", CUTOFF - 1 * DAY),
        ("ben", CUTOFF - 4 * DAY, spring),
        ("ben", CUTOFF - 3 * DAY, spring),
    )
    assert contact_marks(table, EVERYBODY, CUTOFF).contact_count_30d.tolist() == [4, 2, 0]
    visitors = pa.array([None, "v", "w", "v", "v", None, None])
    merged = table.set_column(table.schema.get_field_index("visitor_id"), "visitor_id", visitors)
    found = contact_marks(merged, EVERYBODY, CUTOFF)
    assert (found.contact_count_30d.tolist(), found.contact_count_90d.tolist()) == ([3, 2, 0], [3, 2, 0])
    np.testing.assert_array_equal(found.days_since_contact, [1, 3, np.nan])
    assert first_contact_days(merged, EVERYBODY, CUTOFF - 5 * DAY, CUTOFF)[0] == 1


def test_whoever_was_left_alone_under_one_id_was_contacted_under_the_other() -> None:
    """The control arm counts nowhere, so it hides no message that the person got as a visitor."""
    spring = {"campaign_id": "spring"}
    table = contacts(("anna", CUTOFF - DAY, {**spring, "arm": "control"}), ("anna", CUTOFF - DAY, spring))
    visitors = [None if arm == "control" else "v" for arm in table["arm"].to_pylist()]
    merged = table.set_column(table.schema.get_field_index("visitor_id"), "visitor_id", pa.array(visitors))
    assert contact_marks(merged, EVERYBODY, CUTOFF).contact_count_30d.tolist() == [1, 0, 0]
