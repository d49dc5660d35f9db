"""The answers of ``/v1/customers/{id}`` and what lies below it, as the document of the API describes them.

The routes build them as plain objects: the names of probabilities hold the shop's horizons.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from features.shop.groups.behaviour_groups import BEHAVIOUR_NAMES
from features.shop.groups.rfm import RFM_NAMES
from features.shop.groups.stages import STAGE_NAMES
from features.shop.groups.value_levels import VALUE_NAMES
from features.shop.layers import LAYERS
from features.shop.promotions.price_sensitivity import PRICE_BANDS
from training.tables import KINDS

_STAMP = {"model_version": "3", "as_of": "2025-03-01T00:00:00Z"}

_CUSTOMER: dict[str, Any] = {
    "customer_id": "c-1024",
    **_STAMP,
    "horizon_days": 60,
    "horizons_days": [30, 60],
    "layer": "active",
    "kind": "repeat",
    "tier": "model",
    "method": "blend",
    "rfm_recency_score": 4,
    "rfm_frequency_score": 5,
    "rfm_monetary_score": 4,
    "rfm_group": "champions",
    "stage": "mature",
    "value_level": "high",
    "behaviour_group": "loyal",
    "order_probability_60d": 0.82,
    "churn_probability_60d": 0.18,
    "order_probability_30d": 0.61,
    "churn_probability_30d": 0.39,
    "expected_orders_60d": 1.43,
    "expected_net_spend_60d": 128.9,
    "expected_orders_365d": 7.2,
    "expected_net_spend_365d": 650.4,
    "uplift_60d": 0.031,
    "expected_incremental_profit": 0.84,
    "overdue_days": 0.0,
    "purchase_cycle_days": 34.2,
    "order_count_all": 9,
    "net_spend_all": 812.4,
    "days_since_last_order": 20.5,
    "days_since_any": 1.2,
    "purchase_gap_mean_days": 37.0,
    "discount_order_share": 0.2222,
    "promotion_order_share": 0.1111,
    "price_band": "low",
    "usual_hour": 20,
    "usual_weekday": None,
    "days_since_contact": 12.5,
    "contact_count_30d": 1,
    "contactable": True,
    "personalized": True,
    "consent_email": True,
    "consent_sms": None,
    "consent_app": None,
    "consent_wechat": None,
    "consent_phone": False,
    "consent_post": None,
    "birthday_month": 3,
    "birthday_day": 31,
    "set_aside": None,
    "cluster": {"number": 4, "name": "evening, budget regulars"},
    "next_order": {"on": "2025-03-14", "from": "2025-03-05", "until": "2025-04-20"},
    "reasons": [{"concept": "browsing", "text": "looked at 12 items in 7 days, usual 4", "raises": True}],
    "events_since": 2,
}


class ClusterName(BaseModel):
    """The group of similar customers that somebody belongs to."""

    number: int
    name: str


class NextOrder(BaseModel):
    """When the next order is expected, in days of the shop's calendar."""

    on: date
    earliest: date = Field(alias="from")
    until: date


class Reason(BaseModel):
    """One reason."""

    concept: str = Field(description="What it is about, the same in every language.")
    text: str
    raises: bool = Field(description="True where it makes an order likelier; false for a reason of risk.")


_CHANCE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}


Score = Annotated[int | None, Field(ge=1, le=5, description="Against all others; null for visitors and unknown spend.")]


Consent = Annotated[bool | None, Field(description="Whether they agreed to this channel; null: nothing was said.")]


class KnownCustomer(BaseModel):
    """What is known and predicted of one customer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [_CUSTOMER],
            "patternProperties": {
                r"^(order|churn)_probability_\d+d$": _CHANCE,
                r"^expected_(orders|net_spend)_\d+d$": {"type": ["number", "null"]},
                r"^uplift_\d+d$": {"type": ["number", "null"], "minimum": -1, "maximum": 1},
            },
            "additionalProperties": False,
        },
    )

    customer_id: str
    model_version: str
    as_of: datetime
    horizon_days: int = Field(description="The main horizon: that of reasons, expected orders and lists.")
    horizons_days: list[int] = Field(description="All horizons; each has its probabilities.")
    layer: Literal[LAYERS]  # type: ignore[valid-type]
    kind: Literal[KINDS]  # type: ignore[valid-type]
    tier: Literal["rules", "priors", "model"]
    method: str = Field(description="What answered for customers of this kind.")
    rfm_recency_score: Score
    rfm_frequency_score: Score
    rfm_monetary_score: Score
    rfm_group: Literal[RFM_NAMES] | None = Field(description="Null for visitors.")  # type: ignore[valid-type]
    stage: Literal[STAGE_NAMES] = Field(description="Of the life cycle.")  # type: ignore[valid-type]
    value_level: Literal[VALUE_NAMES] | None = Field(description="Null for visitors.")  # type: ignore[valid-type]
    behaviour_group: Literal[BEHAVIOUR_NAMES]  # type: ignore[valid-type]
    expected_incremental_profit: float | None = Field(
        description="What a message is expected to earn beyond its cost; null without an uplift model."
    )
    overdue_days: float | None = Field(description="How long the next order is overdue; null without any order.")
    purchase_cycle_days: float | None
    order_count_all: int
    net_spend_all: float | None = Field(description="Returns taken off.")
    days_since_last_order: float | None
    days_since_any: float | None
    purchase_gap_mean_days: float | None
    discount_order_share: float | None = Field(description="The share of orders paid below the usual prices, 0 to 1.")
    promotion_order_share: float | None = Field(description="The share of orders on days of a sale, 0 to 1.")
    price_band: Literal[PRICE_BANDS] | None = Field(description="Of what they look at.")  # type: ignore[valid-type]
    usual_hour: int | None = Field(ge=0, le=23, description="Around which they order; null where none is clear.")
    usual_weekday: int | None = Field(ge=0, le=6, description="On which they order, 0 for Monday; null where unclear.")
    days_since_contact: float | None = Field(description="Null where no campaign has written.")
    contact_count_30d: int
    contactable: bool
    personalized: bool
    consent_email: Consent
    consent_sms: Consent
    consent_app: Consent
    consent_wechat: Consent
    consent_phone: Consent
    consent_post: Consent
    birthday_month: int | None = Field(ge=1, le=12)
    birthday_day: int | None = Field(ge=1, le=31)
    set_aside: str | None = Field(description="Why this is no usual customer; null for all others.")
    cluster: ClusterName | None
    next_order: NextOrder | None = Field(description="Null for those who never ordered or are overdue.")
    reasons: list[Reason] = Field(max_length=3)
    events_since: int = Field(description="What the customer did after the snapshot; no prediction knows of it.")


class TouchedItem(BaseModel):
    """One item and what the customer had to do with it."""

    item_id: str
    last_at: datetime
    times: int = Field(description="How often; pieces for purchases.")


class CustomerItems(BaseModel):
    """Items by what the customer did with them, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "c-1024",
                    "as_of": "2025-03-01T00:00:00Z",
                    "now": "2025-03-01T12:00:00Z",
                    "complete": True,
                    "bought": [{"item_id": "sku-12", "last_at": "2025-02-11T09:30:00Z", "times": 3}],
                    "viewed": [],
                    "carted": [],
                    "favorited": [],
                    "open_cart": [],
                    "open_favorites": [],
                }
            ]
        }
    )

    customer_id: str
    as_of: datetime
    now: datetime
    complete: bool = Field(description="False where the snapshot keeps only the newest events of the customer.")
    bought: list[TouchedItem]
    viewed: list[TouchedItem]
    carted: list[TouchedItem]
    favorited: list[TouchedItem]
    open_cart: list[TouchedItem]
    open_favorites: list[TouchedItem]


class SimilarCustomer(BaseModel):
    """One customer who is like another."""

    customer_id: str
    similarity: float = Field(description="1 for the very same traits, 0 for two who are as far apart as is usual.")
    cluster: int | None
    in_common: list[str] = Field(description="What both are that is not usual in the shop, in words.")


class SimilarCustomers(BaseModel):
    """The customers most like one, the most similar first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "c-1024",
                    **_STAMP,
                    "customers": [
                        {
                            "customer_id": "c-77",
                            "similarity": 0.61,
                            "cluster": 4,
                            "in_common": ["19 days and 24 days between orders (shop: 43 days)"],
                        }
                    ],
                    "why_none": None,
                }
            ]
        },
    )

    customer_id: str
    model_version: str
    as_of: datetime
    customers: list[SimilarCustomer]
    why_none: str | None = Field(description="Why nobody is compared; null where somebody is.")
