"""Who is left out, reason by reason, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.channels import CHANNELS
from features.errors import HuitouError
from serving.care.care import counted
from serving.care.exclusions import EXCLUSION_NAMES, EXCLUSIONS
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.marketing.holdout import Holdout
from serving.database.marketing.suppressions import Suppression, Suppressions
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from tests.serving.care.care_shop import LATER, CareShop, care_shop, contacts_table
from tests.serving.published_shop import Person

PEOPLE = (
    Person("anna", consent={"email": True}),
    Person("ben", consent={"email": False, "sms": True}, idle_days=1.0),
    Person("cy", contactable=False),
    Person("dee", set_aside="reseller"),
    Person("eve", personalized=False),
    Person("visitor:v1", churn=None, layer="visitor"),
)


@pytest.fixture
def small(tmp_path: Path, database_url: str | None) -> Iterator[CareShop]:
    contacts = contacts_table(
        [("anna", "email", 1, "treated"), ("ben", "sms", 5, "treated"), ("eve", None, 1, "control")]
    )
    with care_shop(tmp_path / "shop", PEOPLE, database_url, contacts) as opened:
        yield opened


def left_out(small: CareShop, channel: str | None = None) -> dict[str, str | None]:
    """Why somebody is left out beyond those who always are."""
    always = {("cy", "not_contactable"), ("dee", "reseller"), ("visitor:v1", "no_address")}
    return {who: why for who, why in small.why(channel).items() if why and (who, why) not in always}


def test_what_the_snapshot_says(small: CareShop) -> None:
    """Who is set aside, or must not be written to, is left out whatever the channel; a channel asks its consent."""
    assert small.why()["cy"] == "not_contactable"
    assert small.why()["dee"] == "reseller"
    assert left_out(small) == {}
    assert left_out(small, "email") == {"ben": "no_consent"}
    small.rules(channels={"email": {"consent": "opt_in", "needs_address": False}})
    assert left_out(small, "email") == {"ben": "no_consent", "eve": "no_consent", "visitor:v1": "no_consent"}


def test_some_reasons_alone(small: CareShop) -> None:
    """A reason that is not asked for hides none of the others, and leaves nobody out."""
    small.rules(caps=[{"most": 0, "within_days": 9}], one_per_person=True)
    small.buy("anna")
    small.buy("dee", "e-2")
    assert small.why("email")["anna"] == "capped"
    rows = np.arange(len(PEOPLE))
    codes = small.care.exclusions(small.snapshot, rows, "email", LATER, ("no_consent", "bought_since"))
    names = (None, *EXCLUSIONS)
    found = {small.snapshot.customers.id(row): names[code] for row, code in enumerate(codes.tolist()) if code}
    assert found == {"anna": "bought_since", "ben": "no_consent", "dee": "bought_since"}


def test_what_was_said_since_counts_at_once(small: CareShop) -> None:
    """A new word over HTTP goes before the snapshot's, in both directions; a visitor's no is its customer's."""
    small.describe({"customer_id": "anna", "consent_email": False}, {"customer_id": "ben", "consent_email": True})
    small.describe({"customer_id": "cy", "contactable": True}, {"customer_id": "eve", "contactable": False})
    assert small.why("email")["anna"] == "no_consent"
    assert small.why("email")["ben"] is small.why("email")["cy"] is None
    assert small.why()["eve"] == "not_contactable"
    Merged(small.database).join("v1", "ben", LATER)
    small.describe({"customer_id": "visitor:v1", "contactable": False})
    assert small.why()["ben"] == "not_contactable"


def test_popular_offers_alone(small: CareShop) -> None:
    """Who opted out of personalisation, before or since, is on lists but gets popular items only."""
    small.describe({"customer_id": "anna", "personalized": False})
    rows = np.arange(len(PEOPLE))
    flags = small.care.popular_only(small.snapshot, rows, LATER)
    assert {small.snapshot.customers.id(row) for row in rows[flags].tolist()} == {"anna", "eve"}


def test_suppressed_by_id_and_by_address(small: CareShop) -> None:
    """An id or an address leaves somebody out, on one channel or on all, until it is taken back."""
    small.reach({"anna": {"email": " Anna@Example.com "}, "ben": {"phone": "138 0013 8000"}})
    details, suppressions = ContactDetails(small.database, ContactCipher(None)), Suppressions(small.database)
    email, phone = details.hashes([("email", "anna@example.com"), ("phone", "+86 13800138000")])
    suppressions.add([Suppression("email", email, "email"), Suppression("phone", phone)], LATER)
    suppressions.add([Suppression("customer", "eve", "sms")], LATER)
    assert left_out(small, "sms") == {"ben": "suppressed", "eve": "suppressed"}
    assert left_out(small, "app") == left_out(small) == {"ben": "suppressed"}
    assert small.why("email")["anna"] == "suppressed"
    suppressions.remove([("phone", phone, "")])
    assert left_out(small) == {}


def test_a_visitor_is_reached_on_the_device_alone(small: CareShop) -> None:
    """Nobody knows where to write to somebody who is known by a browser, whatever the rules say of addresses."""
    small.rules(channels={"wechat": {"needs_address": False}})
    told = {channel: small.why(channel)["visitor:v1"] for channel in CHANNELS}
    assert told == dict.fromkeys(CHANNELS, "no_address") | {"app": None}
    assert small.why()["visitor:v1"] is None


def test_an_address_is_needed_where_the_shop_keeps_any(small: CareShop) -> None:
    """Nobody is missed an address by a shop that keeps none; one that does leaves out who has none."""
    small.rules(channels={})
    assert {who for who, why in small.why("email").items() if why == "no_address"} == {"visitor:v1"}
    small.reach({"anna": {"email": "a@x.cn"}, "eve": {"phone": "13800138000"}})
    assert {who for who, why in small.why("email").items() if why == "no_address"} == {"eve", "visitor:v1"}
    assert "no_address" not in small.why("app").values()
    small.reach({"anna": {"email": ""}})
    assert small.why("sms")["anna"] == "no_address"


@pytest.mark.parametrize(
    ("rules", "channel", "expected"),
    [
        ({"least_days": 2.0}, None, {"anna": "too_soon"}),
        ({"caps": [{"most": 1, "within_days": 30}]}, None, {"anna": "capped", "ben": "capped"}),
        ({"caps": [{"most": 1, "within_days": 3}]}, None, {"anna": "capped"}),
        ({"caps": [{"most": 2, "within_days": 30}]}, None, {}),
        ({"channels": {"sms": {"caps": [{"most": 1, "within_days": 30}]}}}, "sms", {"ben": "capped_channel"}),
    ],
    ids=["least days", "cap", "short cap", "two", "channel"],
)
def test_caps_of_the_snapshots_contacts(
    small: CareShop, rules: dict[str, object], channel: str | None, expected: dict[str, str]
) -> None:
    """Contacts before the snapshot count, within their days, those of the control arm not."""
    small.rules(**rules)
    assert left_out(small, channel) == expected


def test_what_was_sent_since_counts(small: CareShop) -> None:
    """A contact that was logged a moment ago, or is planned, counts with those of before."""
    small.rules(caps=[{"most": 2, "within_days": 30}], least_days=0.5)
    assert left_out(small) == {}
    log = ContactLog(small.database)
    log.append([Contact("k-1", "anna", LATER - timedelta(days=1), channel="email")], LATER)
    assert left_out(small) == {"anna": "capped"}
    log.append([Contact("k-2", "eve", LATER + timedelta(days=3)), Contact("k-3", "ben", LATER, arm="control")], LATER)
    assert left_out(small) == {"anna": "capped", "eve": "too_soon"}


def test_one_letter_for_one_person(small: CareShop) -> None:
    """Of those with one address the one that did something last stays, among those who are asked about."""
    small.rules(one_per_person=True)
    small.reach({"anna": {"email": "a@x.cn"}, "ben": {"email": "A@x.cn"}, "eve": {"email": "e@x.cn"}})
    assert left_out(small) == {"anna": "same_person"}
    rows = np.array([row for row in range(len(PEOPLE)) if small.snapshot.customers.id(row) != "ben"])
    assert small.why_of(rows)["anna"] is None
    Merged(small.database).join("v1", "eve", LATER)
    assert small.why()["visitor:v1"] == "same_person" or small.why()["eve"] == "same_person"


def test_what_holds_for_one_holds_for_the_person(small: CareShop) -> None:
    """A no, a message and an order count for all ids of a person."""
    small.reach({"anna": {"email": "a@x.cn"}, "eve": {"email": "a@x.cn"}})
    small.describe({"customer_id": "eve", "consent_sms": False})
    assert small.why("sms")["anna"] == "no_consent"
    small.rules(least_days=2.0)
    assert small.why()["eve"] == "too_soon"
    small.rules()
    small.buy("eve")
    assert left_out(small) == {"anna": "bought_since", "eve": "bought_since"}


def test_who_ordered_since(small: CareShop) -> None:
    """An order after the snapshot leaves its customer out, also one of a visitor merged into the customer."""
    assert left_out(small) == {}
    small.buy("anna")
    Merged(small.database).join("v2", "eve", LATER)
    small.buy("visitor:v2", "e-2")
    assert left_out(small) == {"anna": "bought_since", "eve": "bought_since"}


def test_the_holdout_is_stable_and_nested(small: CareShop) -> None:
    """Who is held out stays so while the share grows, and half of all is the most."""
    holdout = Holdout(small.database)
    held: list[set[str]] = []
    for number, share in enumerate((0.0, 0.2, 0.5)):
        holdout.set(share, LATER + timedelta(seconds=number), "command line", lambda: "salt")
        held.append({who for who, why in small.why().items() if why == "holdout"})
        rows = np.arange(len(PEOPLE))
        assert int(small.care.held_out(small.snapshot, rows, LATER).sum()) >= len(held[-1])
    assert held[0] == set()
    assert held[1] <= held[2] != set()
    with pytest.raises(HuitouError, match=r"^share must be between 0 and 0\.5; got 0\.6\. Use for example 0\.05\.$"):
        holdout.set(0.6, LATER, "command line", lambda: "salt")


def test_one_person_has_one_number(small: CareShop) -> None:
    """Ids of one person have the same number, which their holdout and their groups follow; others have others."""
    rows = np.arange(len(PEOPLE))
    assert len({*small.care.person_keys(small.snapshot, rows, LATER).tolist()}) == len(PEOPLE)
    small.reach({"anna": {"phone": "+8613800138000"}, "eve": {"phone": "(0086) 138-0013-8000"}})
    assert len({*small.care.person_keys(small.snapshot, rows, LATER).tolist()}) == len(PEOPLE) - 1


def test_who_is_deleted_is_out_at_once(small: CareShop) -> None:
    """A deletion that was asked for counts before anything was erased."""
    Erased(small.database).begin(["anna"], LATER)
    assert left_out(small) == {"anna": "deleted"}


def test_reasons_are_counted_and_named(small: CareShop) -> None:
    """Every reason that somebody has is counted, and all have a name in both languages."""
    codes = small.care.exclusions(small.snapshot, np.arange(len(PEOPLE)), None, LATER)
    assert counted(codes) == {"reseller": 1, "not_contactable": 1}
    assert set(EXCLUSION_NAMES) == set(EXCLUSIONS)
    assert all(set(names) == {"en", "zh"} for names in EXCLUSION_NAMES.values())


def test_a_channel_that_there_is_not(small: CareShop) -> None:
    """The error names what there is."""
    with pytest.raises(
        HuitouError, match=r"^channel must be one of email, sms, app, wechat, phone, post; got 'fax'\.$"
    ):
        small.why("fax")
