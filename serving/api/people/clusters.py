"""``/v1/clusters``: how the shop's customers are divided, and what sets each part apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from serving.alike.clusters import Cluster, ClusterBook
from serving.api.parsing import StrictRoute
from serving.api.service import Language, TheService, stamp

router = APIRouter(prefix="/v1", tags=["customers"], route_class=StrictRoute)

EXAMPLE: dict[str, Any] = {
    "model_version": "3",
    "as_of": "2025-03-01T00:00:00Z",
    "clusters": [
        {
            "number": 4,
            "name": "evening, budget regulars",
            "description": "2,140 customers (14%), 31% of the orders, 38% of net spend; orders so far: 8 (shop: 1)",
            "customers": 2140,
            "customer_share": 0.14,
            "order_share": 0.31,
            "net_spend_share": 0.38,
            "differences": [
                {
                    "trait": "orders so far",
                    "says": "orders so far: 8 (shop: 1)",
                    "own": 8.0,
                    "shop": 1.0,
                    "deviations": 1.4,
                }
            ],
        }
    ],
    "in_none": 1320,
    "why_none": None,
}


class Difference(BaseModel):
    """One trait in which a cluster differs from everyone else."""

    trait: str
    says: str
    own: float = Field(
        description="The cluster's median, or its mean for parts of a whole such as interests and hours."
    )
    shop: float = Field(description="The same of all customers.")
    deviations: float = Field(description="How far the cluster lies from the others, in usual deviations.")


class DescribedCluster(BaseModel):
    """One cluster."""

    number: int = Field(description="Stays with its people from training to training.")
    name: str
    description: str
    customers: int
    customer_share: float
    order_share: float
    net_spend_share: float
    differences: list[Difference]


class Clusters(BaseModel):
    """The clusters of a shop, the largest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    model_version: str
    as_of: datetime
    clusters: list[DescribedCluster]
    in_none: int = Field(description="People of whom too little is known to be in any.")
    why_none: str | None = Field(description="Why there are no clusters; null where there are some.")


@router.get("/clusters", summary="How the customers are divided")
def get_clusters(service: TheService, language: Language) -> Clusters:
    """Every cluster with a name, its sizes, and what sets its people apart."""
    snapshot = service.snapshot
    book, why_none = ClusterBook.of(snapshot), snapshot.alike.alike.why_none
    return Clusters(
        clusters=[_described(cluster, language) for cluster in book.clusters],
        in_none=book.in_none,
        why_none=None if why_none is None else why_none[language],
        **stamp(snapshot),
    )


def _described(cluster: Cluster, language: str) -> DescribedCluster:
    portrait = cluster.portrait
    parts = [cluster.sizes(language), portrait.description(language)]
    return DescribedCluster(
        number=portrait.number,
        name=portrait.name[language],
        description=("；" if language == "zh" else "; ").join(part for part in parts if part),
        customers=cluster.customers,
        customer_share=round(cluster.customer_share, 4),
        order_share=round(cluster.order_share, 4),
        net_spend_share=round(cluster.net_spend_share, 4),
        differences=[
            Difference(
                trait=each.label[language],
                says=each.sentence[language],
                own=round(each.own, 4),
                shop=round(each.shop, 4),
                deviations=round(each.deviations, 2),
            )
            for each in portrait.differences
        ],
    )
