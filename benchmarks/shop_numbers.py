"""The shop's numbers: how long they take, and the overviews in the document of real data.

``python -m benchmarks.shop_numbers --shop shop`` asks for every number of a shop and prints the seconds of each.
``python -m benchmarks.shop_numbers --data ../shared/data --write docs/real-data.md`` imports the two public shops and
writes their overviews into the document, each between its two marks; the rest stays as it is.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from features.behaviour import Behaviour
from features.shop.numbers.attention import attention
from features.shop.numbers.best_sellers import BestSellers, best_sellers
from features.shop.numbers.cohorts import Cohorts, cohorts
from features.shop.numbers.counting.figure import Figure, Scope
from features.shop.numbers.daily import daily_numbers
from features.shop.numbers.definitions import definition
from features.shop.numbers.funnel import FUNNEL_NAMES, funnel
from features.shop.numbers.habits import habits
from features.shop.numbers.overview import Overview, overview
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from features.shop.numbers.words.definition import Unit
from features.shop_folder import ShopFolder

PERIODS = {
    "shop_ten_days": Period(date(2019, 6, 15), date(2019, 6, 20)),
    "online_retail": Period(date(2011, 9, 10), date(2011, 12, 10)),
}
"""The newest five days, with the five before; the newest quarter, with the one before and nine days of last year's."""

SAID = """\
Written by `python -m benchmarks.shop_numbers --data ../shared/data --write docs/real-data.md`. Days from {first} to
before {until}; everybody is in. What each number means: [The shop's numbers](shop-numbers.md)."""

COHORT_MONTHS = 6
"""So many months since the first order are shown."""


def numbers_chapter(folder: ShopFolder, name: str) -> list[str]:
    """The lines of the document about one shop's numbers, between its marks."""
    period = PERIODS[name]
    with ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
        lines = [
            "### The shop in numbers",
            "",
            *SAID.format(first=period.first, until=period.until).splitlines(),
            "",
            *_overview_table(overview(tables, period)),
            "",
            *_funnel_table(funnel(tables, period).rows[0].figures),
            "",
            *_cohort_table(cohorts(tables, months=6)),
            "",
            *_goods(best_sellers(tables, period, n=5)),
        ]
    return [_mark(name, "begin"), *lines, "", _mark(name, "end")]


def _overview_table(found: Overview) -> list[str]:
    rows = []
    for name, figure in found.figures.items():
        interval = found.interval(name)
        ends = "" if interval is None or interval.low is None else f" ({interval.low:.1%}, {interval.high or 1:.1%})"
        rows.append([definition(name).title["en"], f"{_shown(name, figure.value)}{ends}", *_beside(name, figure)])
    cycle = found.repurchase.cycle_days
    short = "shorter than that: its repurchase rates show too little" if found.repurchase.window_is_short else "longer"
    told = [] if cycle is None else [f"Half of those who come again do so within {cycle} days; the period is {short}."]
    return [*_coverage(found.scope), "", *_table(["", "this period", "before", "last year", "change"], rows), "", *told]


def _funnel_table(figures: Mapping[str, Figure]) -> list[str]:
    rows = [
        [definition(name).title["en"], _shown(name, figures[name].value), *_beside(name, figures[name])]
        for name in FUNNEL_NAMES
    ]
    return ["**Funnel**", "", *_table(["", "this period", "before", "last year", "change"], rows)]


def _cohort_table(found: Cohorts) -> list[str]:
    months = range(min(COHORT_MONTHS, max((len(cohort.months) for cohort in found.cohorts), default=0)))
    rows = []
    for cohort in found.cohorts:
        kept = [_retention(month.figures["retention_rate"].value, month.is_partial) for month in cohort.months]
        row = [f"{cohort.month:%Y-%m}", _shown("cohort_customers", cohort.customers.value), *kept[: len(months)]]
        rows.append([*row, *[""] * (2 + len(months) - len(row))])
    head = ["first order", "customers", *(f"month {number}" for number in months)]
    return ["**Retention by month of the first order** (* the month is not whole)", "", *_table(head, rows)]


def _goods(found: BestSellers) -> list[str]:
    def rows(listed: Sequence[Any]) -> list[list[str]]:
        return [
            [
                str(each.title or each.name),
                *(_shown(name, figure.value) for name, figure in each.figures.items()),
                ""
                if each.growth.low is None
                else f"{each.growth.value:.2f} ({each.growth.low:.2f}, {each.growth.high:.2f})",
                "yes" if each.rose else "no",
            ]
            for each in listed
        ]

    head = ["item", "buyers", "pieces", "net revenue", "growth against the shop", "rose beyond chance"]
    best = ["**Best items by net revenue**", "", *_table(head, rows(found.best)), ""]
    return [*best, "**Rising items, the surest first**", "", *_table(head, rows(found.rising))]


def _coverage(scope: Scope) -> list[str]:
    words = {"current": "this period", "previous": "before", "last_year": "last year"}
    said = [
        f"{words[name]}: {each.period.first} to before {each.period.until} "
        f"({each.known_days} of {each.period.days} days known)"
        for name, each in scope.periods.items()
    ]
    return [";\n".join(said) + "."]


def _beside(name: str, figure: Figure) -> list[str]:
    change = "-" if figure.change_share is None else f"{figure.change_share:+.1%}"
    return [_shown(name, figure.previous), _shown(name, figure.last_year), change]


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    unit = definition(name).unit
    return f"{value:.1%}" if unit is Unit.SHARE else f"{value:,.2f}" if unit is Unit.MONEY else f"{value:,.0f}"


def _retention(value: float | None, is_partial: bool) -> str:
    return "-" if value is None else f"{value:.1%}{'*' if is_partial else ''}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return lines + [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]


def _mark(name: str, end: str) -> str:
    return f"<!-- numbers of {name}: {end} -->"


def with_numbers(document: str, name: str, chapter: Sequence[str]) -> str:
    """The document with the chapter between its marks; where it has none, at the end of the shop's own chapter."""
    text = "\n".join(chapter)
    between = re.compile(f"{re.escape(_mark(name, 'begin'))}.*?{re.escape(_mark(name, 'end'))}", re.DOTALL)
    if between.search(document):
        return between.sub(lambda _: text, document)
    parts = re.split(r"(?m)^(?=## )", document)
    return (
        "".join(f"{part.rstrip()}\n\n{text}\n\n" if f"shop-{name}" in part else part for part in parts).rstrip() + "\n"
    )


def imported(data: Path, name: str, folder: Path) -> ShopFolder:
    """The public shop, imported by the commands of the document."""
    from benchmarks.real_data import DATA_SETS, run

    data_set = next(each for each in DATA_SETS if each.name == name)
    run(f"init {data_set.settings} --shop {name}", folder, data)
    for said in data_set.imports:
        run(f"import {said} --shop {name}", folder, data)
    return ShopFolder.open(folder / name)


def timed(shop: ShopFolder) -> None:
    """Print the seconds that each number of a shop takes, for its newest 30 days."""
    started = time.perf_counter()
    with ShopTables.on_duckdb(Behaviour.of(shop)) as tables:
        known = tables.history
        assert known is not None, "this shop has no events"
        period = Period(known.until - timedelta(days=30), known.until)
        questions: dict[str, Callable[[], Any]] = {
            "overview": lambda: overview(tables, period),
            "funnel": lambda: funnel(tables, period),
            "funnel by category": lambda: funnel(tables, period, "category"),
            "funnel by week": lambda: funnel(tables, period, "days"),
            "cohorts": lambda: cohorts(tables),
            "habits": lambda: habits(tables, period),
            "best items": lambda: best_sellers(tables, period),
            "best categories": lambda: best_sellers(tables, period, "category"),
            "attention": lambda: attention(tables, period),
            "daily": lambda: daily_numbers(tables),
        }
        for name, question in questions.items():
            began = time.perf_counter()
            question()
            print(f"{time.perf_counter() - began:7.2f} s  {name}", flush=True)
    print(f"{time.perf_counter() - started:7.2f} s  all, opening the shop included")


def main() -> None:
    """Read the arguments, and time a shop or write the document."""
    parser = argparse.ArgumentParser(description="The shop's numbers: their seconds, or the document of real data.")
    parser.add_argument("--shop", type=Path, help="a shop whose numbers are timed")
    parser.add_argument("--data", type=Path, help="the folder that holds the data sets")
    parser.add_argument("--write", type=Path, help="the document to write into")
    said = parser.parse_args()
    if said.shop:
        timed(ShopFolder.open(said.shop))
    if said.data and said.write:
        with tempfile.TemporaryDirectory(prefix="huitou-numbers-") as folder:
            document = said.write.read_text(encoding="utf-8")
            for name in PERIODS:
                shop = imported(said.data.resolve(), name, Path(folder))
                document = with_numbers(document, name, numbers_chapter(shop, name))
            said.write.write_text(document, encoding="utf-8")
        print(f"{said.write} written, {datetime.now(UTC).date()}")


if __name__ == "__main__":
    main()
