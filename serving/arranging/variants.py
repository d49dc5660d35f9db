"""Which items are variants of each other: one product in several sizes, packs or colours, told by their titles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Ints
from features.catalogue import Catalogue

MOST_VARIANTS = 50
"""A title that more items bear says what kind of thing they are, and not that they are one product."""

_UNITS = (
    r"(?:(?:kg|mg|g|ml|cl|dl|l|oz|lbs?|cm|mm|m|inch(?:es)?|gb|tb|pcs?|pieces?|packs?|bags?|boxes|pairs?|sheets?|count|"
    r"ct|rolls?|tablets?|capsules?|sticks?)\b|"
    r"千克|毫克|公斤|克|斤|毫升|升|厘米|毫米|米|英寸|寸|只|个|片|包|袋|盒|瓶|罐|支|条|双|件|码|粒|枚|卷|抽|号)"
)
_COLOURS = (
    "black|white|red|blue|green|yellow|pink|purple|violet|grey|gray|brown|orange|beige|navy|silver|gold|neutral|"
    "turquoise|khaki|ivory"
)
_VARIANT = (
    # 300 g, 6 x 50 ml, 2.5公斤
    rf"(?:\d+\s*[x×*]\s*)?\d+(?:[.,]\d+)?\s*-?\s*{_UNITS}装?",
    # pack of 6, x 6, 6er
    r"\b(?:pack|set|box|case) of \d+\b",
    r"\b[x×]\s?\d+\b",
    # size 42, 尺码 XL, XXL, small, L
    r"(?:\bsize|尺码|尺寸)\s*[:：]?\s*[\w.]+",
    r"\b(?:\d?x{1,3}[sl]|x{1,3}[sl]|[sml]|small|medium|large|extra large|newborn)\b码?",
    r"(?:特大|加大|大|中|小)(?:号|码)",
    # A colour at the end of the title or of a part of it; black tea and green tea are two products.
    rf"\b(?:light |dark )?(?:{_COLOURS})\s*(?:$|[/|,;)\]）】])",
    r"(?:黑|白|红|蓝|绿|黄|粉|紫|灰|棕|橙|金|银|米)色",
)


def variant_groups(catalogue: Catalogue) -> Ints:
    """For each item the lowest code among its variants, its own where it has none, int32, ``(n_items,)``.

    Variants have the same title but for size, pack and colour, the same category and the same brand. Items without
    a title have none, and neither has a title that more than ``MOST_VARIANTS`` items bear.
    """
    own = np.arange(len(catalogue), dtype=np.int32)
    stems = title_stems(catalogue.titles)
    named = np.flatnonzero(pc.not_equal(pc.fill_null(stems, ""), "").to_numpy(zero_copy_only=False))
    stem = pc.dictionary_encode(stems.take(pa.array(named))).indices.to_numpy(zero_copy_only=False)
    keys = np.stack([stem, catalogue.category[named], catalogue.brand[named]], axis=1)
    _, number, size = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    lowest = np.full(len(size), len(own), dtype=np.int64)
    np.minimum.at(lowest, number, named)
    together = size[number] <= MOST_VARIANTS
    own[named[together]] = lowest[number[together]]
    return own


def title_stems(titles: pa.Array) -> pa.Array:
    """The titles in small letters without what tells variants apart; null or the whole title where nothing is left."""
    whole = pc.utf8_lower(pc.utf8_normalize(titles.cast(pa.string()), form="NFKC"))
    stems = whole
    for pattern in _VARIANT:
        stems = pc.replace_substring_regex(stems, pattern=pattern, replacement=" ")
    stems, whole = _words(stems), _words(whole)
    return pc.if_else(pc.match_substring_regex(stems, r"\pL"), stems, whole)


def _words(texts: pa.Array) -> pa.Array:
    """Letters and digits, with one space between words."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, pattern=r"[^\pL\pM\pN]+", replacement=" "))
