"""Links: what goes with one's own items is proposed, and the own item that speaks most for it is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from features.arrays import Ints
from features.catalogue import UNKNOWN
from tests.training.recommend.proposing.proposed import Proposed, at
from training.recommend.proposing.linked import strongest_link
from training.recommend.proposing.registry import REGISTRY
from training.recommend.proposing.spread import Spread


def link(shop: Proposed, source: str, customer: Ints, item: Ints) -> Ints:
    """The own item behind the reason that a source gives for each pair."""
    spread = REGISTRY[source].propose
    assert REGISTRY[source].named
    assert isinstance(spread, Spread)
    return strongest_link(spread.taste(shop.sources, shop.people), spread.relation(shop.sources), customer, item)


def test_related_items(tmp_path: Path) -> None:
    """Who viewed the cup gets what others viewed with it; who bought it, what others bought with it that day."""
    others = [(f"c{person}", "view", item, at(3)) for person in range(4) for item in ("cup", "kettle")]
    buyers = [(f"b{person}", "purchase", item, at(3)) for person in range(4) for item in ("cup", "tea")]
    shop = Proposed(tmp_path, *others, *buyers, ("anna", "view", "cup", at(1)), ("bo", "purchase", "cup", at(1)))
    assert "kettle" in shop.ranked("viewed_together", "anna")
    assert shop.ranked("bought_together", "anna") == [], "Anna bought nothing"
    assert shop.ranked("bought_together", "bo") == ["tea"]


def test_the_reason_is_an_own_item_of_the_right_kind(tmp_path: Path) -> None:
    """What goes with a purchase names the purchase, what goes with interest the strongest item of one's interest."""
    others = [(f"c{person}", "view", item, at(3)) for person in range(4) for item in ("cup", "kettle", "pan")]
    buyers = [(f"b{person}", "purchase", item, at(3)) for person in range(4) for item in ("jug", "tea")]
    own = [("anna", "view", "pan", at(6)), ("anna", "view", "cup", at(1)), ("anna", "purchase", "jug", at(9))]
    shop = Proposed(tmp_path, *others, *buyers, *own)
    who = np.array([shop.history.customer_ids.to_pylist().index("anna")])
    named = {}
    for source, item in (("viewed_together", "kettle"), ("bought_together", "tea"), ("bought_together", "kettle")):
        (code,) = link(shop, source, who, np.array([shop.ids.index(item)]))
        named[source, item] = None if code == UNKNOWN else shop.ids[code]
    assert named == {
        ("viewed_together", "kettle"): "cup",
        ("bought_together", "tea"): "jug",
        ("bought_together", "kettle"): None,
    }


def test_what_others_bought_after_they_had_viewed_it(tmp_path: Path) -> None:
    """Who viewed the cup gets the kettle that others bought days later, named by the cup; who touched it does not."""
    others = [(f"c{person}", "view", "cup", at(9)) for person in range(4)]
    buyers = [(f"c{person}", "purchase", "kettle", at(6)) for person in range(4)]
    own = [("anna", "view", "cup", at(1)), ("bo", "view", "cup", at(1)), ("bo", "view", "kettle", at(1))]
    shop = Proposed(tmp_path, *others, *buyers, *own, names=("viewed_then_bought",))
    assert shop.ranked("viewed_then_bought", "anna") == ["kettle"]
    assert shop.ranked("viewed_then_bought", "bo") == []
    who = np.array([shop.history.customer_ids.to_pylist().index("anna")])
    (code,) = link(shop, "viewed_then_bought", who, np.array([shop.ids.index("kettle")]))
    assert shop.ids[code] == "cup"


def test_strongest_link() -> None:
    """Interest times relation decides; where nothing of one's own is related, or interest has faded to 0, none."""
    own = sparse.csr_matrix(np.array([[1.0, 0.5, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))
    own = sparse.vstack([own, sparse.csr_matrix(([0.0], ([0], [1])), shape=(1, 3))], format="csr")
    to_item = sparse.csr_matrix(np.array([[0.2, 0.3, 0.0], [0.1, 0.9, 0.0], [0.0, 0.0, 0.0]]))
    customer, item = np.array([0, 0, 1, 2, 0, 3]), np.array([0, 1, 0, 0, 2, 1])
    assert strongest_link(own, to_item, customer, item).tolist() == [0, 1, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
    none = np.zeros(0, dtype=np.int64)
    assert strongest_link(own, to_item, none, none).tolist() == []


def test_walks_and_low_rank_lead_to_new_items(tmp_path: Path) -> None:
    """Who looked at the cup gets what is liked by people who like it, near or over others, and never the cup again."""
    pairs = [("cup", "jug"), ("jug", "pan"), ("tea", "pot"), ("pot", "tin")]
    others = [(f"{a}{b}{n}", "view", item, at(2)) for a, b in pairs for n in range(8) for item in (a, b)]
    shop = Proposed(tmp_path, *others, ("anna", "view", "cup", at(1)), names=("walks", "low_rank", "popular"))
    assert "pan" in shop.ranked("walks", "anna"), "nobody held cup and pan together"
    assert not set(shop.ranked("walks", "anna")) & {"cup", "tea", "pot", "tin"}
    assert shop.ranked("low_rank", "anna")[0] == "jug"
    assert "cup" not in shop.ranked("low_rank", "anna")
