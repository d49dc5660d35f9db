"""Scoring everyone with the champion and publishing the result.

Events in, a snapshot out, one bucket at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.warehouse import Warehouse
from features.history import History
from features.items import item_price
from features.progress import Progress
from features.shop.anomalies import Anomalies
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder
from serving.arranging.current_rules import CurrentRules
from serving.database.people.person_hash import person_hash
from serving.scoring import people_without, scored_table
from serving.snapshot_parts.manifest import SnapshotHeader
from serving.snapshot_parts.named_people import named_people
from serving.snapshot_writer import SnapshotWriter, Step
from training.bundle import Bundle
from training.customers.ahead.cycles import CycleSums, cycle_sums
from training.customers.alike.alike import Placed
from training.recommend.counted.acts import Acts
from training.recommend.counted.bundles import Bundles
from training.recommend.people import People
from training.recommend.recommender import FittedRecommender, Recommendations

Scored = tuple[pa.Table, Recommendations, CycleSums, People, Placed, Acts]
"""Columns of some customers, their recommendations, what they bought again, they themselves, whom they are like, and
their orders."""


def publish(
    behaviour: Behaviour,
    bundle: Bundle,
    shop: ShopFolder,
    *,
    now: datetime,
    serves: bool = True,
    compared: Collection[str] = (),
    erased: Callable[[], Collection[str]] = frozenset,
    progress: Progress | None = None,
    step: Step = lambda name: None,
) -> str:
    """Score everyone in ``behaviour`` as of its newest event, write a snapshot, serve it; return its id.

    Without ``serves`` it is kept aside, for a comparison; ``compared`` are ids of snapshots that must stay. ``erased``
    gives the hashes of everybody who was deleted until it is called.
    ``progress`` is told of buckets, ``step`` of the parts that are on disk. A process that is killed leaves
    the served snapshot as it was. Raises :class:`HuitouError` while another process publishes.
    """
    as_of = behaviour.reader.moment_after(now)
    catalogue = behaviour.catalogue(as_of)
    fitted = FittedRecommender.fit(behaviour, as_of, catalogue, bundle.recommender)
    anomalies = Anomalies.before(behaviour, as_of, catalogue)
    rules = GroupRules.before(behaviour, as_of, catalogue)

    def score(_: int, history: History) -> Scored:
        table = scored_table(behaviour, bundle, history, rules)
        # Anomalous people are scored like all others, so that their pages work; lists leave them out.
        aside, people = anomalies.set_aside(history), fitted.sources.people(history)
        placed = bundle.alike.placed(history, people.features).without(aside.flags)
        table = table.append_column("set_aside", aside.reasons).append_column("cluster", placed.column())
        orders = Acts.orders(history).of(~aside.flags)
        return table, fitted.recommend(history), cycle_sums(history), people, placed, orders

    header = header_of(behaviour, bundle, as_of, now)
    with SnapshotWriter(
        shop,
        header,
        alike=bundle.alike,
        usual=CurrentRules(shop).get().usual,
        group_rules=rules,
        serves=serves,
        compared=compared,
        step=step,
    ) as writer:
        writer.set_contacts(behaviour.contacts)
        writer.set_items(catalogue)
        writer.set_popular(fitted.popular)
        writer.set_recommender(fitted)
        for kind, (item, strength) in fitted.related.items():
            writer.set_related(kind, item, strength)
        opted_out = set(people_without(behaviour, "personalized").to_pylist())
        sums, orders = CycleSums.none(catalogue), [Acts.none()]
        for table, best, bought, people, placed, ordered in behaviour.map_histories(
            score, as_of, catalogue, progress=progress
        ):
            writer.add_customers(table, best, people, placed)
            sums = sums + bought
            orders.append(ordered)
            opted_out.difference_update(table["customer_id"].to_pylist())
        # People who were described and have done nothing yet: they may come to the pages at any time.
        writer.add_opted_out(sorted(opted_out))
        cycles = bundle.outlook.cycles.cycles(sums, catalogue)
        writer.set_cycles(cycles.told_item_cycle_days, cycles.item_gap_count)
        writer.set_bundles(Bundles.of(orders, item_price(fitted.sources.statistics, catalogue), catalogue.unit_cost))
        return writer.commit(partial(_refuse_erased, shop, behaviour, erased))


def _refuse_erased(shop: ShopFolder, behaviour: Behaviour, erased: Callable[[], Collection[str]], folder: Path) -> None:
    """Raise :class:`HuitouError` when somebody was deleted while this was computed: it would bring them back.

    Who is deleted after this is taken out of the snapshot: deleting waits for the lock that publishing holds.
    """
    if behaviour.reader.version >= 0:
        Warehouse.open(shop).reader(behaviour.reader.version)
    # Who never did anything is in no event: their tombstones tell.
    hashes = frozenset(erased())
    if hashes and any(person_hash(person) in hashes for person in named_people(folder)):
        raise HuitouError(
            "somebody was deleted while this was computed, and would be in the snapshot. Publish again.", code="busy"
        )


def header_of(behaviour: Behaviour, bundle: Bundle, as_of: datetime, now: datetime) -> SnapshotHeader:
    """What the snapshot will say of itself."""
    return SnapshotHeader(
        as_of=as_of,
        published_at=now,
        model_version=str(bundle.version or "unregistered"),
        churn_tier=bundle.propensity.tier,
        recommendation_tier=bundle.recommender.tier,
        horizon_days=bundle.propensity.horizon_days,
        horizons_days=bundle.horizons_days,
        event_version=behaviour.reader.version,
        feature_fingerprint=bundle.propensity.schema.fingerprint,
        timezone=behaviour.settings.timezone,
        sources=bundle.recommender.names,
        uplift_version=bundle.uplift_label,
        uplift_why=bundle.uplift.why,
    )
