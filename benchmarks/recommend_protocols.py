"""The protocols of the recommendation benchmark: shops imported by the product, and what is asked of them.

Every protocol is a shop known before a moment, people who are asked for at that moment, and what they went on to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features.arrays import Floats
from features.behaviour import Behaviour
from features.catalogue import UNKNOWN, Catalogue
from features.events.importers import ImportOptions, import_customers, import_events, import_items
from features.history import History
from features.shop_folder import ShopFolder, ShopSettings
from training.backtest_plan import moment
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.cases import Case, cases

Cases = Callable[[Catalogue], Iterator[Case]]
"""The people that are asked for, with what they did next, in the codes of a catalogue."""

FIGURES = {"recall@10": "recall@10", "ndcg@10": "ndcg@10"}
BASKET_FIGURES = {"recall@10": "basket_recall@10", "ndcg@10": "basket_ndcg@10"}
VIEW_FIGURES = {"p@20": "hit_rate@20", "mrr@20": "mrr@20"}
"""Where each item is one answer, P@20 is the hit rate."""

Listed = Mapping[str, Mapping[str, float]]
"""Figures that others have measured or published on the same files, by method and measure."""


@dataclass(frozen=True)
class Protocol:
    """One shop, and what is asked of it."""

    title: str
    """One line for people."""
    behaviour: Behaviour
    """The shop that is learned from."""
    cutoff: datetime
    """Only what was known before it is learned from."""
    horizon_days: int
    """How far ahead training looks, in whole days."""
    cases: Cases
    """Who is asked for, and what they did."""
    figures: Mapping[str, str]
    """What the last line tells: its name there -> our measure."""
    measures: tuple[str, ...]
    """The other measures that are printed."""
    aims: Mapping[str, float]
    """What is aimed at, by measure."""
    listed: Listed
    """What was listed for these files before."""
    baskets: bool = False
    """Whether the answer is a whole basket, with measures of its own, beside personal rules."""


Maker = Callable[[Path, Path], Protocol]
"""Makes the shop in a folder from the folder of public data."""

# Public protocols speak of everyone: nobody is set aside.
_EVERYONE = ShopSettings(timezone="UTC", set_aside=False)


def shop_ten_days(folder: Path, data: Path) -> Protocol:
    """A shop's ten days, known before the ninth; answers are the purchases of the last two days."""
    files = data / "shop_ten_days"
    shop, now = ShopFolder.create(folder / "shop", _EVERYONE), datetime.now(UTC)
    for name, take in (("items", import_items), ("users", import_customers), ("events", import_events)):
        take(shop, [files / f"{name}.parquet"], ImportOptions(timezone="UTC"), now=now)
    behaviour, cutoff = Behaviour.of(shop), moment("2019-06-18", "UTC")
    return Protocol(
        "shop_ten_days: what customers buy on 2019-06-18 and 06-19",
        behaviour,
        cutoff,
        2,
        lambda catalogue: cases(behaviour, cutoff, 2, catalogue),
        FIGURES,
        ("recall@5", "recall@20", "mrr@10", "hit_rate@10", "known_recall@10", "new_recall@10"),
        {"ndcg@10": 0.345},
        {
            "open cart, own history, popular": {"recall@5": 0.346, "recall@10": 0.389, "ndcg@10": 0.331},
            "item-kNN, all behaviours": {"recall@5": 0.081, "recall@10": 0.150, "ndcg@10": 0.082},
            "popular": {"recall@5": 0.005, "recall@10": 0.007, "ndcg@10": 0.006},
        },
    )


TAOBAO_UNTIL = datetime(2017, 12, 3, 17, tzinfo=UTC)
"""The end of the answers."""


def taobao_nine_days(folder: Path, data: Path) -> Protocol:
    """Nine days of Taobao, known before the last one and a half; rows without a time belong to no moment."""
    events = pq.read_table(data / "taobao_nine_days" / "events.parquet")
    file = folder / "events.parquet"
    pq.write_table(events.filter(events["ts"].is_valid()), file)
    behaviour = _imported(folder / "shop", file, ImportOptions(timezone="UTC"))
    cutoff = datetime(2017, 12, 2, 4, tzinfo=UTC)
    days = (TAOBAO_UNTIL - cutoff) / timedelta(days=1)
    return Protocol(
        "taobao_nine_days: what customers buy from 2017-12-02 04:00 to 12-03 17:00",
        behaviour,
        cutoff,
        2,
        lambda catalogue: cases(behaviour, cutoff, days, catalogue),
        FIGURES,
        ("recall@5", "recall@20", "mrr@10", "hit_rate@10", "known_recall@10", "new_recall@10"),
        {"ndcg@10": 0.115},
        {
            "open cart, history, popular": {"recall@5": 0.109, "recall@10": 0.123, "ndcg@10": 0.102},
            "item-kNN": {"recall@5": 0.064, "recall@10": 0.102, "ndcg@10": 0.061},
            "popular": {"recall@5": 0.003, "recall@10": 0.005, "ndcg@10": 0.004},
        },
    )


TAFENG_CUTOFF = datetime(2001, 3, 1, tzinfo=UTC)
"""The files know the order of baskets only: a customer's k-th last one before the answer lies k days before this."""


def tafeng_nbr(folder: Path, data: Path) -> Protocol:
    """Ta-Feng: all baskets but the last are known, the last is the answer; each is an order on a day of its own."""
    baskets = pq.read_table(data / "tafeng_nbr" / "baskets.parquet").to_pandas()
    last = baskets.groupby("customer_id")["order_number"].transform("max")
    days_ago = (last - baskets["order_number"]).to_numpy()
    file = folder / "events.parquet"
    rows = {
        "customer_id": _texts(baskets["customer_id"]),
        "item_id": _texts(baskets["item_id"]),
        "order_id": _texts(baskets["customer_id"].astype(str) + "-" + baskets["order_number"].astype(str)),
        "occurred_at": _moments(TAFENG_CUTOFF, -86_400.0 * days_ago),
    }
    pq.write_table(pa.table(rows), file)
    behaviour = _imported(folder / "shop", file, ImportOptions(timezone="UTC", constants={"kind": "purchase"}))
    return Protocol(
        "tafeng_nbr: the next basket (recall over all of it, NDCG with all of it as ideal)",
        behaviour,
        TAFENG_CUTOFF,
        1,
        lambda catalogue: cases(behaviour, TAFENG_CUTOFF, 1, catalogue),
        BASKET_FIGURES,
        ("basket_recall@20", "recall@10", "ndcg@10", "hit_rate@10", "known_recall@10", "new_recall@10"),
        {"basket_recall@10": 0.135, "basket_ndcg@10": 0.110},
        {
            "personal": {"basket_recall@10": 0.106, "basket_ndcg@10": 0.095},
            "personal_popular": {"basket_recall@10": 0.120, "basket_ndcg@10": 0.101},
            "personal_recent": {"basket_recall@10": 0.125, "basket_ndcg@10": 0.102},
            "TIFUKNN": {"basket_recall@10": 0.130, "basket_ndcg@10": 0.108},
        },
        baskets=True,
    )


DIGINETICA_CUTOFF = datetime(2016, 6, 1, tzinfo=UTC)
DIGINETICA_DAYS = 150
"""The files know the order of sessions only: they are laid evenly over so many days before the cutoff."""


def diginetica_session(folder: Path, data: Path) -> Protocol:
    """Diginetica: every session is a visitor, every test prefix one more, whose next click is the answer."""
    files = data / "diginetica_session"
    train = pq.read_table(files / "train.parquet").to_pandas()
    started_days = DIGINETICA_DAYS * (1 - train["session_id"] / (train["session_id"].max() + 1))
    seconds = train["ordinal"] - started_days * 86_400
    learned = _imported(folder / "shop", _clicks(folder / "train.parquet", train, "session_id", seconds), _VIEWS)
    test = pq.read_table(files / "test.parquet").to_pandas()
    clicks = test[["case_id", "prefix"]].explode("prefix", ignore_index=True).rename(columns={"prefix": "item_id"})
    left = clicks.groupby("case_id").cumcount(ascending=False) + 1
    asked = _imported(folder / "asked", _clicks(folder / "test.parquet", clicks, "case_id", -left), _VIEWS)
    targets = pd.Series(test["target"].astype(str).to_numpy(), index="visitor:" + test["case_id"].astype(str))
    return Protocol(
        "diginetica_session: the next click of a visit",
        learned,
        DIGINETICA_CUTOFF,
        1,
        lambda catalogue: _next_clicks(asked, targets, catalogue),
        VIEW_FIGURES,
        ("hit_rate@10", "mrr@10", "ndcg@20", "known_recall@10", "new_recall@10"),
        {"hit_rate@20": 0.565, "mrr@20": 0.205},
        {
            "item-kNN": {"hit_rate@20": 0.374, "mrr@20": 0.121},
            "transition counts": {"hit_rate@20": 0.470, "mrr@20": 0.158},
            "SR-GNN (published)": {"hit_rate@20": 0.5073, "mrr@20": 0.1759},
            "GCE-GNN (remembered)": {"hit_rate@20": 0.5422, "mrr@20": 0.1904},
        },
    )


_VIEWS = ImportOptions(timezone="UTC", constants={"kind": "view"})


def _clicks(file: Path, clicks: pd.DataFrame, session: str, seconds: pd.Series) -> Path:
    """Write clicks as views of visitors, so many seconds after the cutoff (below 0: before it)."""
    rows = {
        "visitor_id": _texts(clicks[session]),
        "item_id": _texts(clicks["item_id"]),
        "occurred_at": _moments(DIGINETICA_CUTOFF, seconds.to_numpy(dtype=np.float64)),
    }
    pq.write_table(pa.table(rows), file)
    return file


def _texts(column: pd.Series) -> pa.Array:
    return pa.array(column.astype(str).tolist(), pa.string())


def _moments(cutoff: datetime, seconds: Floats) -> pa.Array:
    """The moments so many seconds after the cutoff."""
    cutoff_us = round(cutoff.timestamp() * 1e6)
    return pa.array(cutoff_us + np.round(seconds * 1e6).astype(np.int64)).cast(pa.timestamp("us", "UTC"))


def _next_clicks(asked: Behaviour, targets: pd.Series, catalogue: Catalogue) -> Iterator[Case]:
    def case(_: int, history: History) -> Case:
        wanted = pa.chunked_array([pa.array(targets.loc[history.customer_ids.to_pylist()].tolist(), pa.string())])
        item = catalogue.codes(wanted).astype(np.int64)
        item[item == UNKNOWN] = len(catalogue)
        size = len(catalogue) + 1
        key = np.arange(len(item)) * np.int64(size) + item
        return Case(history, Answers(key, np.ones(len(item), dtype=np.int64), size))

    yield from asked.map_histories(case, DIGINETICA_CUTOFF, catalogue)


def _imported(folder: Path, file: Path, options: ImportOptions) -> Behaviour:
    shop = ShopFolder.create(folder, _EVERYONE)
    import_events(shop, [file], options, now=datetime.now(UTC))
    return Behaviour.of(shop)


MAKERS: dict[str, Maker] = {
    "shop_ten_days": shop_ten_days,
    "taobao_nine_days": taobao_nine_days,
    "tafeng_nbr": tafeng_nbr,
    "diginetica_session": diginetica_session,
}
"""Every protocol by name."""
