"""Whatever was said and done: nobody whom a rule protects may be written to, as plain Python works it out."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.marketing.holdout import Holdout
from serving.database.marketing.suppressions import Suppression, Suppressions
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from tests.serving.care.care_oracle import World
from tests.serving.care.care_shop import LATER, CareShop, care_shop, contacts_table
from tests.serving.published_shop import AS_OF, Person

CHANNELS = ("email", "sms", "app")


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_reason_is_found(tmp_path: Path, database_url: str | None, seed: int) -> None:
    """Shops at random: for every customer and channel the first reason is the one that the oracle finds."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    people = [_person(dice, number) for number in range(24)] + [Person("visitor:v1", churn=None, layer="visitor")]
    before = [
        (dice.choice(people).id, dice.choice([*CHANNELS, None]), dice.uniform(0, 40), _arm(dice)) for _ in range(20)
    ]
    with care_shop(tmp_path / "shop", people, database_url, contacts_table(before)) as shop:
        world = World(people, _rules(dice))
        shop.rules(**world.rules)
        world.messages += [(who, on, AS_OF - timedelta(days=days), arm) for who, on, days, arm in before]
        for step in (_say, _suppress, _log, _merge, _hold_out, _buy, _delete, _say):
            step(dice, shop, world)
            for channel in (None, *CHANNELS):
                assert shop.why(channel) == world.reasons(channel, LATER), (step.__name__, channel)


def _person(dice: random.Random, number: int) -> Person:
    consent = {channel: dice.random() < 0.7 for channel in CHANNELS if dice.random() < 0.4}
    return Person(
        f"c{number}",
        contactable=dice.random() < 0.95,
        set_aside="bot" if dice.random() < 0.05 else None,
        consent=consent,
        idle_days=float(dice.randrange(1, 9)),
    )


def _rules(dice: random.Random) -> dict[str, Any]:
    def caps() -> list[dict[str, int]]:
        return [{"most": dice.randint(1, 2), "within_days": dice.choice([5, 30])} for _ in range(dice.randint(0, 2))]

    def channel() -> dict[str, Any]:
        return {"consent": dice.choice(["opt_in", "opt_out"]), "needs_address": dice.random() < 0.3, "caps": caps()}

    channels = {"email": channel(), "sms": channel() | {"needs_address": False}, "app": channel()}
    return {"channels": channels, "caps": caps(), "least_days": dice.choice([0, 0.5, 3]), "one_per_person": True}


def _say(dice: random.Random, shop: CareShop, world: World) -> None:
    """Some say yes or no, and tell addresses, of which several share a few; nothing is heard of the deleted."""
    heard = [person for person in world.people[:-1] if person.id not in world.deleted]
    for person in dice.sample(heard, 6):
        what = dice.choice(["contactable", "consent_email", "consent_sms"])
        agreed = dice.random() < 0.6
        shop.describe({"customer_id": person.id, what: agreed})
        world.said.setdefault(person.id, {})[what] = agreed
    for person in dice.sample(heard, 6):
        kind = dice.choice(["email", "phone"])
        address = f"{dice.randrange(4)}@x.cn" if kind == "email" else f"+8613800138{dice.randrange(4):03}"
        shop.reach({person.id: {kind: address}})
        world.details.setdefault(person.id, {})[kind] = address


def _suppress(dice: random.Random, shop: CareShop, world: World) -> None:
    details = ContactDetails(shop.database, ContactCipher(None))
    rows = [("customer", dice.choice(world.people).id), ("email", "1@x.cn"), ("phone", "+8613800138002")]
    for kind, value in rows:
        on = dice.choice(["", "email", "sms"])
        kept = value if kind == "customer" else details.hashes([(kind, value)])[0]
        Suppressions(shop.database).add([Suppression(kind, kept, on)], LATER)
        world.suppressed.add((kind, value, on))


def _log(dice: random.Random, shop: CareShop, world: World) -> None:
    for number in range(6):
        who, on, arm = dice.choice(world.people).id, dice.choice([*CHANNELS, None]), _arm(dice)
        at = AS_OF + timedelta(days=dice.uniform(-20, 5))
        ContactLog(shop.database).append([Contact(f"log-{number}", who, at, channel=on, arm=arm)], LATER)
        world.messages.append((who, on, at, arm))


def _merge(dice: random.Random, shop: CareShop, world: World) -> None:
    for visitor in ("v1", "v2"):
        customer = dice.choice(world.people[:-1]).id
        Merged(shop.database).join(visitor, customer, LATER)
        world.merges[f"visitor:{visitor}"] = customer


def _hold_out(dice: random.Random, shop: CareShop, world: World) -> None:
    world.share = 0.2
    Holdout(shop.database).set(world.share, LATER, "command line", lambda: "salt")


def _buy(dice: random.Random, shop: CareShop, world: World) -> None:
    for who in (dice.choice(world.people).id, "visitor:v2"):
        shop.buy(who, f"e-{who}")
        world.bought.add(who)


def _delete(dice: random.Random, shop: CareShop, world: World) -> None:
    person = dice.choice([each for each in world.people[:-1] if each.id not in world.merges.values()])
    Erased(shop.database).begin([person.id], LATER)
    world.deleted.add(person.id)
    world.said.pop(person.id, None)
    world.details.pop(person.id, None)
    world.suppressed = {each for each in world.suppressed if each[:2] != ("customer", person.id)}


def _arm(dice: random.Random) -> str:
    return "control" if dice.random() < 0.2 else "treated"
