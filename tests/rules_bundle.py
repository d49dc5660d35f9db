"""The models of a shop with too few customers to train on: rules, in a second or less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from features.behaviour import Behaviour
from training.bundle import Bundle
from training.customers.ahead.outlook import Outlook
from training.customers.fitting import known_customers
from training.customers.propensity import Propensity
from training.recommend.recommender import Recommender


def rules_bundle(behaviour: Behaviour, at: datetime, horizons_days: Sequence[int] = (30,)) -> Bundle:
    """What is known of a shop before ``at``, as version 7; the first of the horizons is the main one."""
    known = known_customers(behaviour, at)
    main, *others = (Propensity.fit([], known=known, horizon_days=days) for days in horizons_days)
    return Bundle(
        propensity=main,
        recommender=Recommender(),
        outlook=Outlook.fit(behaviour, at, main.horizon_days, []),
        as_of=at,
        event_version=behaviour.reader.version,
        others=tuple(sorted(others, key=lambda other: other.horizon_days)),
        version=7,
    )
