"""All routes of the service."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from serving.api import bundles, described_items, events, items, recommendations, results
from serving.api.administration import audit, health, keys, metrics
from serving.api.marketing import audiences, campaigns, contact_care, holdout, lists, schedules, suppressions
from serving.api.marketing import exports as list_exports
from serving.api.people import (
    clusters,
    contact_details,
    customers,
    deletion,
    described,
    interested,
    merge,
    person_export,
)
from serving.api.recommending import placements
from serving.api.shop import alerts, funnel, goods, groups, overview, promotions

# Longer paths come before those with an id at their end, which would match them, too.
ROUTES: Sequence[BaseRoute] = tuple(
    route
    for part in (
        merge,
        contact_details,
        person_export,
        deletion,
        recommendations,
        placements,
        customers,
        described,
        described_items,
        clusters,
        interested,
        bundles,
        items,
        events,
        overview,
        funnel,
        goods,
        groups,
        promotions,
        alerts,
        audiences,
        list_exports,
        lists,
        campaigns,
        schedules,
        contact_care,
        suppressions,
        holdout,
        health,
        metrics,
        keys,
        audit,
        results,
    )
    for route in part.router.routes
)
"""In the order in which they are looked through."""
