"""Anomalous people: bots, resellers, test orders and the shop's own staff. They are set aside, never deleted.

What is far above the usual depends on the shop, so the limits come from its own buyers. A rule needs several signs at
once: a customer taken for a machine is a customer lost. Names and ids prove nothing and are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Ints, among
from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.history import VIEW, History
from features.shop.rhythm import BotSettings, Rhythm
from features.shop.trade import Trade
from features.shop.usual import Usual, buyers_of, no_buyers

if TYPE_CHECKING:  # Services tell who is set aside, too, and do without pandas.
    import pandas as pd

REASONS = ("bot", "reseller", "test_orders", "internal")
"""Why somebody is set aside; the code of a reason is its place here plus one, and 0 says that there is none."""

BOT, RESELLER, TEST_ORDERS, INTERNAL = range(1, len(REASONS) + 1)

EVENTS_WANTED = 500_000
"""So many events tell what is usual; the buckets beyond them are not read for it."""


@dataclass(frozen=True)
class ResellerSettings:
    """When purchases are those of somebody who sells on: far more pieces than others, in bulk, again and again."""

    fence: float = 1.5
    """Pieces, and pieces in a line, are far above the others from here on; see :meth:`Usual.among`."""
    least_pieces_per_line: float = 20.0
    """A line of fewer pieces is no bulk, however small lines usually are."""
    least_orders: int = 3
    """Trade comes back; for a feast one stocks up once."""
    least_lines: int = 10
    """So many lines show a habit."""


@dataclass(frozen=True)
class VoidOrderSettings:
    """When orders are tests: every line of all of them was free, or sent back whole within minutes."""

    least_orders: int = 3
    """Once or twice happens to customers: a gift, a slip."""
    return_minutes: float = 30.0
    """What goes back later may have been meant."""
    most_buyers: float = 0.05
    """Where more of the buyers than this have such lines alone, the shop means something else by them, such as a price
    of zero where it is not known, and nobody is set aside for it."""


@dataclass(frozen=True)
class AnomalySettings:
    """The thresholds of every rule."""

    bot: BotSettings = field(default_factory=BotSettings)
    """Views that a machine makes."""
    reseller: ResellerSettings = field(default_factory=ResellerSettings)
    """Purchases to sell on."""
    test_orders: VoidOrderSettings = field(default_factory=VoidOrderSettings)
    """Orders that are tests."""
    least_buyers: int = 100
    """Fewer buyers than this have no usual: nobody is a reseller among them, and bots are told without it."""


@dataclass(frozen=True)
class Said:
    """What the table of customers says of accounts; it goes before every rule."""

    internal: pa.Array
    """Ids of staff and test accounts."""
    kept: pa.Array
    """Ids of those who are said not to be internal: they are never set aside."""

    @classmethod
    def by(cls, customers: pa.Table) -> Said:
        """What a table in ``CUSTOMER_SCHEMA`` says; an empty cell says nothing."""
        internal, ids = customers["internal"], customers["customer_id"]
        return cls(*(ids.filter(pc.equal(internal, value)).combine_chunks() for value in (True, False)))


@dataclass(frozen=True)
class SetAside:
    """Who of a history is set aside, and what shows it."""

    codes: Ints
    """Code of the reason for each customer, 0 for none; shape (n_customers,)."""
    trade: Trade
    """What everybody bought."""
    rhythm: Rhythm
    """How the views follow one another, of those who have very many and no order."""

    @property
    def flags(self) -> Flags:
        """Whether each customer is set aside; shape ``(n_customers,)``."""
        return self.codes > 0

    @property
    def reasons(self) -> pa.Array:
        """Name of the reason for each customer, null for none."""
        return pa.array([None, *REASONS], pa.string()).take(pa.array(self.codes))

    def counts(self) -> Mapping[str, int]:
        """How many customers are set aside, by reason; every reason is there."""
        found = np.bincount(self.codes, minlength=len(REASONS) + 1)[1:]
        return dict(zip(REASONS, found.tolist(), strict=True))


@dataclass(frozen=True)
class Anomalies:
    """The rules of one shop at one moment."""

    usual: Usual
    """What is usual in the shop."""
    said: Said
    """What was said of accounts."""
    settings: AnomalySettings
    """The thresholds."""
    ruled: bool = True
    """False when the shop wants no rules: then only those are set aside who are said to be internal."""

    @classmethod
    def before(
        cls, behaviour: Behaviour, cutoff: datetime, catalogue: Catalogue, settings: AnomalySettings | None = None
    ) -> Anomalies:
        """The rules, with what was usual among the buyers known before ``cutoff``.

        A customer's bucket is a hash of the id, so the first buckets of a large shop are an unbiased sample of it. What
        is said of accounts has no date and holds at every cutoff.
        """
        settings = settings or AnomalySettings()
        ruled = behaviour.settings.set_aside
        buyers = _buyers(behaviour, cutoff, catalogue, settings) if ruled else no_buyers()
        usual = Usual.among(buyers, settings.least_buyers, settings.reseller.fence)
        return cls(usual, Said.by(behaviour.customers), settings, ruled)

    def set_aside(self, history: History) -> SetAside:
        """Who of ``history`` is set aside, for one reason each: what was said, else by orders, else by views."""
        trade = Trade.of(history, self.settings.test_orders.return_minutes)
        rhythm = Rhythm.of(history, self._many_views(history, trade), self.settings.bot)
        codes = np.zeros(len(history), dtype=np.int8)
        if self.ruled:
            codes[rhythm.customer[rhythm.is_machine(self.settings.bot)]] = BOT
            codes[self._resells(trade)] = RESELLER
            codes[self._tests(trade)] = TEST_ORDERS
        codes[among(history.customer_ids, self.said.kept)] = 0
        codes[among(history.customer_ids, self.said.internal)] = INTERNAL
        return SetAside(codes, trade, rhythm)

    def _many_views(self, history: History, trade: Trade) -> Ints:
        """Positions of those with far more views than buyers have, no order and hardly anything else."""
        bot = self.settings.bot
        views = history.total(history.kind == VIEW)
        others = np.diff(history.boundaries) - views
        least = max(bot.least_views, bot.times_upper_views * self.usual.upper_views)
        return np.flatnonzero((views >= least) & (trade.lines == 0) & (others <= bot.most_other_share * views))

    def _resells(self, trade: Trade) -> Flags:
        """Who buys far more than the others, in bulk, again and again, and not for small change."""
        rule, usual = self.settings.reseller, self.usual
        return (
            (trade.pieces > usual.most_pieces)
            & (trade.pieces_per_line > usual.most_pieces_per_line)
            & (trade.pieces_per_line >= rule.least_pieces_per_line)
            & (trade.orders >= rule.least_orders)
            & (trade.lines >= rule.least_lines)
            & (trade.spend >= usual.upper_spend)
        )

    def _tests(self, trade: Trade) -> Flags:
        """Whose orders are all tests, where that is rare in the shop."""
        rule = self.settings.test_orders
        return trade.is_void & (trade.orders >= rule.least_orders) & (self.usual.void_share <= rule.most_buyers)


def _buyers(behaviour: Behaviour, cutoff: datetime, catalogue: Catalogue, settings: AnomalySettings) -> pd.DataFrame:
    """The buyers of as many buckets as hold the events wanted."""
    import pandas as pd

    def of_bucket(_: int, history: History) -> tuple[int, pd.DataFrame]:
        trade = Trade.of(history, settings.test_orders.return_minutes)
        return len(history.kind), buyers_of(history, trade)

    parts, events = [no_buyers()], 0
    for size, buyers in behaviour.map_histories(of_bucket, cutoff, catalogue):
        parts.append(buyers)
        events += size
        if events >= EVENTS_WANTED:
            break
    return pd.concat(parts, ignore_index=True)
