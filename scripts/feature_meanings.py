"""What every customer feature means: the texts that scripts/feature_document.py puts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from features.customer_orders import ORDER_WINDOW_DAYS
from features.customers import COUNTED, PRESENCE_WINDOW_DAYS, WINDOW_DAYS

NEVER = "never"
NO_ORDER = "no order yet"
NO_GAP = "fewer than two purchase days"


@dataclass(frozen=True)
class Entry:
    """One row of the document: a feature, or one feature in several windows."""

    name: str
    """The name, or a template with ``{window}`` in it."""
    meaning: str
    """What it says, in one sentence without a full stop."""
    unit: str
    """What it is counted in."""
    missing: str
    """When there is no value."""
    windows: Sequence[str] = ()
    """What stands for ``{window}``."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features that this row is about."""
        if not self.windows:
            return (self.name,)
        return tuple(self.name.format(window=window) for window in self.windows)


def in_days(days: Sequence[int], *, everything: bool = True) -> tuple[str, ...]:
    """The endings of names for windows of so many days, and for all time."""
    return (*(f"{count}d" for count in days), *(["all"] if everything else []))


KIND_WORDS = {"view": "Views", "favorite": "Favouritings", "cart": "Cartings", "purchase": "Purchase lines"}

ACTIVITY = [
    Entry(f"{kind}_count_{{window}}", f"{KIND_WORDS[kind]} in the window", "events", NEVER, in_days(WINDOW_DAYS))
    for kind in COUNTED
]

RECENCY = [
    Entry("days_since_any", "Time since the newest event of any kind", "days", NEVER),
    Entry("days_since_first", "Time since the first event of any kind", "days", NEVER),
    *(Entry(f"days_since_{kind}", f"Time since the newest {kind}", "days", f"no {kind} yet") for kind in COUNTED),
]

PRESENCE = [
    Entry(
        "active_days_{window}",
        "The shop's days with any event in the window",
        "days",
        NEVER,
        in_days(PRESENCE_WINDOW_DAYS),
    ),
    Entry(
        "visit_gap_mean_days",
        "Time from the first to the newest event, divided by the active days but one",
        "days",
        "fewer than two active days",
    ),
    Entry(
        "visit_churn_factor",
        "Time since the newest event, divided by the mean gap between active days (at least half a day)",
        "ratio",
        "fewer than two active days",
    ),
]

ORDERS = [
    Entry(
        "order_count_{window}",
        "Orders whose first line is in the window",
        "orders",
        NEVER,
        in_days(ORDER_WINDOW_DAYS),
    ),
    Entry(
        "net_spend_{window}",
        "Purchases minus returns in the window, at the price paid or else the list price; lines without any "
        "price count as 0",
        "money",
        NEVER,
        in_days(ORDER_WINDOW_DAYS),
    ),
    Entry("order_value_mean", "Mean value of an order, returns not subtracted", "money", NO_ORDER),
    Entry("order_value_last", "Value of the order that began last", "money", NO_ORDER),
    Entry("order_value_max", "Value of the dearest order", "money", NO_ORDER),
    Entry("lines_per_order", "Mean number of purchase lines of an order", "lines", NO_ORDER),
    Entry("return_count_all", "Returns in all time", "events", NEVER),
    Entry("days_since_return", "Time since the newest return", "days", "no return yet"),
]

GAPS = [
    Entry("purchase_day_count", "The shop's days with a purchase", "days", NEVER),
    Entry("days_since_first_purchase", "Time since the first purchase", "days", NO_ORDER),
    Entry("purchase_gap_mean_days", "Mean gap between purchase days", "days", NO_GAP),
    Entry(
        "purchase_gap_std_days",
        "Standard deviation of the gaps (of the population)",
        "days",
        "fewer than three purchase days",
    ),
    Entry(
        "purchase_gap_variation",
        "Standard deviation of the gaps divided by their mean: 0 is clockwork",
        "ratio",
        "fewer than three purchase days",
    ),
    Entry("purchase_gap_last_days", "The newest gap", "days", NO_GAP),
    Entry("purchase_gap_shortest_days", "The shortest gap", "days", NO_GAP),
    Entry("purchase_gap_longest_days", "The longest gap", "days", NO_GAP),
    Entry(
        "purchase_gap_trend",
        "The newest gap divided by the one before: above 1 slows down",
        "ratio",
        "fewer than three purchase days",
    ),
    Entry("churn_factor", "Time since the newest purchase divided by the mean gap", "ratio", NO_GAP),
    Entry("overdue_days", "Time since the newest purchase minus the mean gap", "days", NO_GAP),
    Entry("longest_gap_share", "Time since the newest purchase divided by the longest gap", "ratio", NO_GAP),
    Entry(
        "orders_per_year",
        "Purchase days per 365 days since the first purchase (at least 30 days are counted)",
        "days per year",
        NO_ORDER,
    ),
]

CONVERSION = [
    Entry("cart_per_view", "Cartings divided by views, in all time", "ratio", "no view yet"),
    Entry("favorite_per_view", "Favouritings divided by views, in all time", "ratio", "no view yet"),
    Entry("purchase_per_view", "Purchase lines divided by views, in all time", "ratio", "no view yet"),
    Entry("purchase_per_cart", "Purchase lines divided by cartings, in all time", "ratio", "no cart yet"),
]


def _open(name: str, what: str) -> list[Entry]:
    return [
        Entry(f"{name}_count", f"Items {what}", "items", NEVER),
        Entry(f"{name}_count_7d", f"Items {what} since at most 7 days", "items", NEVER),
        Entry(
            f"{name}_value",
            f"List prices of the items {what}, added up; items without one count as 0",
            "money",
            NEVER,
        ),
        Entry(f"{name}_newest_days", f"Age of the newest of the items {what}", "days", "nothing is open"),
    ]


OPEN_ITEMS = [
    *_open("open_cart", "in the cart, neither taken out nor bought since"),
    *_open("open_favorite", "favourited, neither taken back nor bought since"),
]

VARIETY = [
    Entry("distinct_item_count", "Different items in events of any kind", "items", NEVER),
    Entry("events_per_item", "Events divided by different items", "events", NEVER),
    Entry("distinct_category_count", "Different categories in events of any kind", "categories", NEVER),
    Entry(
        "top_category_share",
        "Share of the most frequent category among events with a category",
        "share",
        "no category known",
    ),
    Entry(
        "category_entropy",
        "Entropy of the categories of events: 0 is one category only",
        "nats",
        "no category known",
    ),
    Entry("distinct_bought_item_count", "Different items bought", "items", NEVER),
    Entry("repeat_item_share", "Share of the items bought that were bought more than once", "share", NO_ORDER),
]

PRICES = [
    Entry("viewed_price_mean", "Mean price of the items at their views", "money", "no view with a price"),
    Entry(
        "bought_price_mean",
        "Mean price of one piece over purchase lines",
        "money",
        "no purchase with a price",
    ),
    Entry(
        "discounted_share",
        "Share of purchase lines paid more than 2 % below the list price",
        "share",
        "no purchase with a price paid and a list price",
    ),
    Entry(
        "discount_mean",
        "Mean discount on the list price, 0 to 1; paying more counts as 0",
        "share",
        "no purchase with a price paid and a list price",
    ),
    Entry(
        "price_level",
        "Mean over events of log(list price / median list price of the item's category): above 0 is dearer",
        "log ratio",
        "no event with a list price",
    ),
]

HABITS = [
    Entry(
        "hour_sine_mean",
        "Mean sine of the hour on a dial of 24, with the cosine the usual time of day",
        "-1 to 1",
        NEVER,
    ),
    Entry("hour_cosine_mean", "Mean cosine of the hour on a dial of 24", "-1 to 1", NEVER),
    Entry("night_share", "Share of events before 6:00", "share", NEVER),
    Entry("weekend_share", "Share of events on Saturday or Sunday", "share", NEVER),
]


def _trend(name: str, what: str, newest: int, longer: int) -> Entry:
    return Entry(
        f"{name}_trend_{newest}d_{longer}d",
        f"{what} per day in the newest {newest} days, divided by that plus the same of the {longer - newest} "
        "days before: 0.5 is steady, 1 all new, 0 all old",
        "share",
        f"none in {longer} days",
    )


SALES = [
    Entry(
        "discount_order_share",
        "Share of orders at a discount: their lines together cost over 2 % less than at usual prices. The usual price "
        "of an item is its list price, else the median paid for a piece before the cutoff, in lines of about as many "
        "pieces where that is lower; prices that do not agree are not usual",
        "share",
        "no order with a price paid and a usual price",
    ),
    Entry("promotion_order_share", "Share of orders on days of a sale", "share", NO_ORDER),
    Entry("promotion_view_share", "Share of views on days of a sale", "share", "no view"),
]

EVERYTHING = "Views, favouritings, cartings and purchase lines"
TRENDS = [
    _trend("activity", EVERYTHING, 7, 30),
    _trend("activity", EVERYTHING, 30, 90),
    _trend("activity", EVERYTHING, 90, 365),
    _trend("cart", "Cartings", 7, 30),
    _trend("purchase", "Purchase lines", 90, 365),
    Entry("return_per_purchase", "Returns divided by purchase lines, in all time", "ratio", NO_ORDER),
]

CHAPTERS: dict[str, list[Entry]] = {
    "Activity": ACTIVITY,
    "Recency": RECENCY,
    "Presence": PRESENCE,
    "Orders and spend": ORDERS,
    "Gaps between purchases": GAPS,
    "Conversion": CONVERSION,
    "Open carts and favourites": OPEN_ITEMS,
    "Variety": VARIETY,
    "Prices": PRICES,
    "Hours and weekdays": HABITS,
    "Trends and returns": TRENDS,
    "Sales": SALES,
}
