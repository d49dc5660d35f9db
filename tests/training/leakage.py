"""What Huitou knows at a cutoff, number by number and by name, and which names have seen the future."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.contacts import contact_marks
from features.customers import customer_features
from features.history import History
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.candidates import candidates
from training.recommend.proposing.registry import SOURCES, tables_of
from training.recommend.ranking.features import ranking_features
from training.tables import customer_table

Known = Mapping[str, NDArray[Any]]
"""Everything that is known at a cutoff, by name, in a fixed order of customers, items or pairs."""

More = Callable[[Behaviour, datetime], Known]
"""A further family of features under guard: its columns from a shop and a cutoff."""

HORIZON_DAYS = 30


def known(behaviour: Behaviour, cutoff: datetime, more: Sequence[More] = ()) -> Known:
    """Every feature, candidate, mark and catalogue entry at ``cutoff``, and those that ``more`` functions compute."""
    catalogue = behaviour.catalogue(cutoff)
    sources = Sources.fit(behaviour, cutoff, SourceSettings(), tables=tables_of(SOURCES), catalogue=catalogue)
    histories = [behaviour.history(bucket, cutoff, catalogue) for bucket in behaviour.buckets]
    found = [*(customers(history) for history in histories), *(pairs(sources, history) for history in histories)]
    found += [marks(behaviour, history, cutoff) for history in histories]
    told = {**shelf(catalogue), **shop_counts(sources), **training_rows(behaviour, cutoff), **joined(found)}
    for family in more:
        told |= family(behaviour, cutoff)
    return told


def leaking(before: Known, with_future: Known) -> list[str]:
    """The names that tell something else, are new or are gone, once the future has been added; in order."""
    names = list(dict.fromkeys([*before, *with_future]))
    return [name for name in names if not same(before.get(name), with_future.get(name))]


def same(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    """Whether two columns are equal to the last bit, NaN being equal to NaN."""
    if one is None or other is None:
        return False
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f" and other.dtype.kind == "f")


def customers(history: History) -> Known:
    """The features of the customers of one bucket."""
    found = customer_features(history)
    return {"customer_ids": texts(found.customer_ids), **by_name(found.names, found.values)}


def pairs(sources: Sources, history: History) -> Known:
    """What is proposed to the customers of one bucket, and all that the ranker sees of it."""
    people = sources.people(history)
    proposed = candidates(sources, people, SOURCES)
    names, values = ranking_features(sources, people, proposed)
    return {
        "candidate_customer_ids": texts(history.customer_ids.take(pa.array(proposed.customer))),
        "candidate_item_ids": texts(sources.catalogue.ids.take(pa.array(proposed.item))),
        **{f"candidate_{name}": column for name, column in by_name(names, values).items()},
    }


def marks(behaviour: Behaviour, history: History, cutoff: datetime) -> Known:
    """Who of one bucket has been contacted, how lately and how often."""
    return dict(vars(contact_marks(behaviour.contacts, history.customer_ids, cutoff)))


def shelf(catalogue: Catalogue) -> Known:
    """The catalogue, item by item."""
    return {
        "catalogue_ids": texts(catalogue.ids),
        "catalogue_titles": texts(catalogue.titles),
        "catalogue_categories": texts(catalogue.categories),
        "catalogue_category": catalogue.category,
        "catalogue_brands": texts(catalogue.brands),
        "catalogue_brand": catalogue.brand,
        "catalogue_price": catalogue.price,
        "catalogue_in_stock": catalogue.in_stock,
    }


def shop_counts(sources: Sources) -> Known:
    """The features of items, and what is counted over the whole shop to propose them."""
    related = {f"related_{kind}": matrix.toarray() for kind, matrix in sources.related.items()}
    return {**by_name(sources.items.names, sources.items.values), **related, "popular": sources.popular}


def training_rows(behaviour: Behaviour, cutoff: datetime) -> Known:
    """The features of the training table at the cutoff; its labels look at the future on purpose."""
    found = customer_table(behaviour, cutoff, HORIZON_DAYS).features
    columns = {"customer_ids": texts(found.customer_ids), **by_name(found.names, found.values)}
    return {f"table_{name}": column for name, column in columns.items()}


def by_name(names: Sequence[str], values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The columns of a table of features."""
    return {name: values[:, place] for place, name in enumerate(names)}


def joined(parts: Sequence[Known]) -> Known:
    """The columns of all buckets, one after another."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: np.concatenate([part[name] for part in parts if name in part]) for name in names}


def texts(column: pa.Array) -> NDArray[Any]:
    """Ids or titles as an array, empty where there is none."""
    return np.array([value or "" for value in column.to_pylist()], dtype=np.str_)
