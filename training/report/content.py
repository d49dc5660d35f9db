"""What a page is made of: sections with sentences, key figures, charts and tables; numbers as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from training.charts import AnyChart


@dataclass(frozen=True)
class Cell:
    """One place of a table."""

    text: str
    """What stands in it."""
    small: str = ""
    """What stands below it, such as an interval."""
    strong: bool = False
    """Whether it is what the table is about."""


@dataclass(frozen=True)
class Table:
    """A table of figures."""

    caption: str
    """What it tells."""
    head: Sequence[str]
    """Names of the columns."""
    rows: Sequence[Sequence[Cell]]
    """The cells, row by row; the first of each names the row."""


@dataclass(frozen=True)
class Figure:
    """A chart with its sentence."""

    name: str
    """Its id on the page: letters and hyphens."""
    chart: AnyChart
    """What is drawn."""
    caption: str
    """What it shows, for those who see it and those who do not."""


@dataclass(frozen=True)
class KeyFigure:
    """A number that matters by itself."""

    name: str
    """What it is."""
    text: str
    """The number."""
    small: str
    """Its range, or what it stands against."""


@dataclass(frozen=True)
class Section:
    """One chapter of a page."""

    name: str
    """Its id on the page."""
    title: str
    """Its heading."""
    sentences: Sequence[str] = ()
    """What is said, a paragraph each."""
    keys: Sequence[KeyFigure] = ()
    """Key figures."""
    figures: Sequence[Figure] = ()
    """Charts."""
    notes: Sequence[tuple[str, str]] = ()
    """Names and values beside the charts, such as assumptions."""
    tables: Sequence[Table] = ()
    """Tables."""
    folds: Sequence[tuple[str, Sequence[Table]]] = field(default=())
    """Tables that a reader opens, each with its heading."""


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage, a dash for none."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many decimals, a dash for none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def date(moment: str) -> str:
    """The day of a moment in ISO 8601."""
    return moment[:10]


def digits_of(metric: str) -> int:
    """How many decimals a metric is told with: money has none, lift two, the others three."""
    return 0 if "profit" in metric else 2 if "lift" in metric else 3


def measured(measure: Mapping[str, Any] | None, digits: int = 3) -> Cell:
    """A metric with its interval."""
    if not measure or measure.get("value") is None:
        return Cell("–")
    if measure.get("low") is None:
        return Cell(number(measure["value"], digits))
    return Cell(
        number(measure["value"], digits), f"{number(measure['low'], digits)} … {number(measure['high'], digits)}"
    )


def ranged(spread: Mapping[str, Any] | None, digits: int = 3) -> Cell:
    """The mean of a metric over cutoffs with its range."""
    if not spread:
        return Cell("–")
    return Cell(number(spread["mean"], digits), between(spread["least"], spread["most"], digits))


def between(low: float, high: float, digits: int) -> str:
    """A range of numbers."""
    return f"{number(low, digits)} … {number(high, digits)}"
