"""Rules: fixed orders of the sources, tier by tier; the best of them is what every model has to beat."""

from __future__ import annotations

from collections.abc import Mapping

from training.recommend.ranking.goals import PURCHASE, VIEW

Tiers = tuple[tuple[str, ...], ...]
"""Names of sources: what an earlier tier proposes comes first, within a tier the best rank among its sources."""

RULE: Tiers = (
    ("open_cart",),
    ("viewed", "open_favorite"),
    ("bought_together", "viewed_together"),
    ("buy_again",),
    ("category",),
    ("popular",),
)
"""The open cart first, then the customer's own history, then what goes with it, then what is popular."""

RULES: Mapping[str, Tiers] = {
    "open_cart_first": RULE,
    "buy_again_first": (
        ("open_cart",),
        ("buy_again",),
        ("bought_together",),
        ("viewed", "viewed_together"),
        ("category",),
        ("popular",),
    ),
    "together_first": (
        ("open_cart",),
        ("viewed_together",),
        ("viewed", "bought_together"),
        ("category",),
        ("popular",),
    ),
}
"""The rules of which the best serves where no model does better."""

VIEW_RULE: Tiers = (("visit_embedding", "visit_neighbours"), ("next_viewed_lately",), ("two_steps",), ("popular",))
"""The same where the next view is wanted: what the visit points at and like visits hold, then what comes after."""

VIEW_RULES: Mapping[str, Tiers] = {"visit_first": VIEW_RULE}
"""The rules for the next view."""

RULES_OF = {PURCHASE: RULES, VIEW: VIEW_RULES}
"""The rules of each goal; the first of them serves where nothing can be compared."""


def usual_rule(goal: str) -> Tiers:
    """The rule of a shop with too little history to compare any."""
    return next(iter(RULES_OF[goal].values()))
