"""Ready-made maps: the columns and words of public logs and usual exports, in Huitou's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from features.events.event import CONTACT_FIELDS, CUSTOMER_FIELDS, EVENT_FIELDS, ITEM_FIELDS


@dataclass(frozen=True)
class ColumnMap:
    """How one source writes what Huitou knows."""

    name: str
    """What it is called on the command line."""
    description: str
    """One line for people."""
    columns: Mapping[str, tuple[str, ...]]
    """Our field -> their columns; where several are in a file, the first that is not empty counts."""
    signatures: tuple[frozenset[str], ...] = ()
    """Sets of columns by any of which a file is recognised."""
    positions: tuple[str, ...] = ()
    """Names of the columns, in order, when the files have none."""
    kinds: Mapping[str, str | None] = field(default_factory=dict)
    """Their word for a kind, in lower case -> ours; None for events about no item, which are passed over."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Our field -> its value in every row."""
    timezone: str | None = None
    """The zone of times that name none."""
    month_day_year: str | None = None
    """When times are month and day alone (0829): their year, unless ``--set year=`` says another."""
    return_order_prefix: str | None = None
    """Orders whose id begins so are returns."""


_TAOBAO = ColumnMap(
    name="taobao",
    description="Taobao UserBehavior.csv: no header; user, item, category, behaviour, seconds",
    columns={
        "customer_id": ("user_id",),
        "item_id": ("item_id",),
        "category": ("category_id",),
        "kind": ("behavior", "behavior_type"),
        "occurred_at": ("timestamp",),
    },
    signatures=(frozenset({"user_id", "item_id", "category_id", "behavior", "timestamp"}),),
    positions=("user_id", "item_id", "category_id", "behavior", "timestamp"),
    kinds={"pv": "view", "buy": "purchase", "cart": "cart", "fav": "favorite"},
)

_TMALL = ColumnMap(
    name="tmall",
    description="Tmall logs of IJCAI-15: action_type 0 to 3, time_stamp as month and day",
    columns={
        "customer_id": ("user_id",),
        "item_id": ("item_id",),
        "category": ("cat_id",),
        "brand": ("brand_id",),
        "kind": ("action_type",),
        "occurred_at": ("time_stamp",),
    },
    signatures=(frozenset({"user_id", "item_id", "cat_id", "time_stamp", "action_type"}),),
    kinds={"0": "view", "1": "cart", "2": "purchase", "3": "favorite"},
    timezone="Asia/Shanghai",
    month_day_year="2014",
)

_RETAILROCKET = ColumnMap(
    name="retailrocket",
    description="RetailRocket events.csv: view, addtocart, transaction; the visitor is the only person known",
    columns={
        "customer_id": ("visitorid",),
        "item_id": ("itemid",),
        "kind": ("event",),
        "occurred_at": ("timestamp",),
        "order_id": ("transactionid",),
    },
    signatures=(frozenset({"timestamp", "visitorid", "event", "itemid"}),),
    kinds={"view": "view", "addtocart": "cart", "transaction": "purchase"},
)

_REES46 = ColumnMap(
    name="rees46",
    description="REES46 open data: view, cart, remove_from_cart, purchase; times in UTC",
    columns={
        "customer_id": ("user_id",),
        "item_id": ("product_id",),
        "category": ("category_code", "category_id"),
        "brand": ("brand",),
        "price": ("price",),
        "unit_price": ("price",),
        "kind": ("event_type",),
        "occurred_at": ("event_time",),
        "session_id": ("user_session",),
    },
    signatures=(frozenset({"event_time", "event_type", "product_id", "user_id"}),),
    kinds={"view": "view", "cart": "cart", "remove_from_cart": "uncart", "purchase": "purchase"},
    timezone="UTC",
)

_ONLINE_RETAIL = ColumnMap(
    name="online_retail",
    description="UCI Online Retail I and II: invoices; those beginning with C are returns",
    columns={
        "customer_id": ("CustomerID", "Customer ID", "customer_id"),
        "order_id": ("InvoiceNo", "Invoice", "order_id"),
        "item_id": ("StockCode", "item_id"),
        "title": ("Description", "description"),
        "quantity": ("Quantity", "quantity"),
        "occurred_at": ("InvoiceDate", "ts"),
        "unit_price": ("UnitPrice", "Price", "unit_price"),
    },
    signatures=(
        frozenset({"InvoiceNo", "StockCode", "InvoiceDate"}),
        frozenset({"Invoice", "StockCode", "InvoiceDate"}),
        frozenset({"order_id", "item_id", "ts", "is_cancellation"}),
    ),
    constants={"kind": "purchase"},
    return_order_prefix="C",
)

_ABOUT_NO_ITEM = (
    "add_payment_info",
    "add_shipping_info",
    "begin_checkout",
    "click",
    "error",
    "file_download",
    "first_open",
    "first_visit",
    "form_start",
    "form_submit",
    "generate_lead",
    "login",
    "page_view",
    "screen_view",
    "scroll",
    "search",
    "select_content",
    "select_item",
    "select_promotion",
    "session_start",
    "share",
    "sign_up",
    "user_engagement",
    "video_complete",
    "video_progress",
    "video_start",
    "view_cart",
    "view_item_list",
    "view_promotion",
    "view_search_results",
)

_GA4 = ColumnMap(
    name="ga4",
    description="Google Analytics 4: BigQuery export with one row for each item of an event",
    columns={
        "customer_id": ("user_id",),
        "visitor_id": ("user_pseudo_id",),
        "item_id": ("items.item_id", "item_id"),
        "kind": ("event_name",),
        "occurred_at": ("event_timestamp", "event_date"),
        "order_id": ("ecommerce.transaction_id", "transaction_id"),
        "session_id": ("ga_session_id", "session_id"),
        "quantity": ("items.quantity", "quantity"),
        "unit_price": ("items.price", "price"),
        "price": ("items.price", "price"),
        "title": ("items.item_name", "item_name"),
        "brand": ("items.item_brand", "item_brand"),
        "category": ("items.item_category", "item_category"),
    },
    signatures=(frozenset({"event_name", "event_timestamp", "user_pseudo_id"}),),
    kinds=dict.fromkeys(_ABOUT_NO_ITEM, None),
)

_HUITOU = ColumnMap(
    name="huitou",
    description="Huitou's own names",
    columns={each.name: (each.name,) for each in (*EVENT_FIELDS, *ITEM_FIELDS, *CUSTOMER_FIELDS, *CONTACT_FIELDS)},
)

COLUMN_MAPS: Mapping[str, ColumnMap] = {
    each.name: each for each in (_HUITOU, _TAOBAO, _TMALL, _RETAILROCKET, _REES46, _ONLINE_RETAIL, _GA4)
}
"""Ready-made maps by name."""
