"""What is usual among the buyers of a shop: the limits beyond which somebody is far above the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.arrays import Floats
from features.history import VIEW, History
from features.shop.trade import Trade

if TYPE_CHECKING:  # Services tell who is set aside, too, and do without pandas.
    import pandas as pd

UPPER_SHARE = 0.99
"""So many of the buyers stay below the upper end of what is usual."""

LOOKED_AT = ("views", "pieces", "pieces_per_line", "spend", "is_void")
"""What is looked at in buyers: views, net pieces, pieces in a line, net spend, and whether all is void."""


@dataclass(frozen=True)
class Usual:
    """What is usual among the buyers of a shop before one moment."""

    upper_views: float
    """99 % of the buyers have at most so many views; 0 with too few buyers."""
    most_pieces: float
    """Net pieces beyond which a buyer is far above the others; infinite with too few buyers."""
    most_pieces_per_line: float
    """The same for the pieces in a line."""
    upper_spend: float
    """The upper quartile of net spend; infinite with too few buyers."""
    pieces_per_line: float
    """The median of the pieces in a line; NaN without buyers."""
    void_share: float
    """Share of the buyers all of whose lines are void (:attr:`Trade.is_void`); 0 without buyers."""

    @classmethod
    def among(cls, buyers: pd.DataFrame, least_buyers: int, fence: float) -> Usual:
        """What is usual among ``buyers``, rows as :func:`buyers_of` gives them.

        Quartiles of fewer than ``least_buyers`` say nothing. Far above is beyond the upper quartile by ``fence``
        distances between the quartiles, on the scale of logarithms: it holds although some of the buyers resell.
        """
        enough = len(buyers) >= least_buyers
        return cls(
            upper_views=float(buyers["views"].quantile(UPPER_SHARE)) if enough else 0.0,
            most_pieces=_upper_fence(buyers["pieces"].to_numpy(), fence) if enough else np.inf,
            most_pieces_per_line=_upper_fence(buyers["pieces_per_line"].to_numpy(), fence) if enough else np.inf,
            upper_spend=float(buyers["spend"].quantile(0.75)) if enough else np.inf,
            pieces_per_line=float(buyers["pieces_per_line"].median()),
            void_share=float(buyers["is_void"].mean()) if len(buyers) else 0.0,
        )


def buyers_of(history: History, trade: Trade) -> pd.DataFrame:
    """One row for each customer who has bought, with the columns of :data:`LOOKED_AT`."""
    import pandas as pd

    columns = (
        history.total(history.kind == VIEW),
        trade.pieces,
        trade.pieces_per_line,
        trade.spend,
        trade.is_void,
    )
    buyer = trade.lines > 0
    return pd.DataFrame({name: column[buyer] for name, column in zip(LOOKED_AT, columns, strict=True)}, dtype=float)


def no_buyers() -> pd.DataFrame:
    """The table of :func:`buyers_of` without a row."""
    import pandas as pd

    return pd.DataFrame(columns=list(LOOKED_AT), dtype=float)


def _upper_fence(values: Floats, widths: float) -> float:
    """Tukey's upper fence of the positive values, on the scale of logarithms; infinite without any."""
    positive = values[values > 0]
    if not len(positive):
        return np.inf
    low, high = np.quantile(positive, (0.25, 0.75))
    return float(high * (high / low) ** widths)  # without a logarithm: equal values must not differ by rounding
