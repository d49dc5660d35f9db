"""The command that tells what the uplift model learned: ``huitou uplift``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.out_file import ending_of
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # The registry's engine takes seconds to load.
    from training.registry import Registry
    from training.uplift.uplift import Uplift

FIGURES = {"qini": "Qini", "top_10pct": "top 10 %", "top_20pct": "top 20 %", "top_30pct": "top 30 %"}
"""What is printed of each ranking."""


def uplift_command(registry: Callable[[ShopFolder], Registry], console: Console) -> Callable[..., None]:
    """The command; ``registry`` opens the versions of a shop, and it prints to ``console``."""

    def uplift(
        shop: Shop = SHOP,
        out: Annotated[Path | None, typer.Option(help="Also write the Qini chart, an .html file.")] = None,
        language: Annotated[str, typer.Option(help="Language of names and sentences, en or zh.")] = "en",
    ) -> None:
        """Tell with whom messages change anything: campaigns, the model's Qini, baselines, and why it serves or not."""
        from training.report.page import checked_language
        from training.train import champion

        checked_language(language)
        if out is not None:
            ending_of(out, ("html",))
        folder = ShopFolder.open(shop)
        found = champion(registry(folder), folder.bundles).uplift
        show_uplift(console, found, language)
        if out is not None:
            write_chart(found, out, language)
            console.print(f"the chart is in {out}", markup=False)

    return uplift


def show_uplift(console: Console, found: Uplift, language: str) -> None:
    """Print the campaigns, what was held out, and the verdict."""
    from training.uplift.words import learner_name, served_sentence

    campaigns = found.figures.get("campaigns", [])
    if campaigns:
        columns = ("campaign", "began", "written to", "ordered", "left alone", "ordered")
        show_table(console, "Campaigns with a control group", columns, map(_campaign, campaigns))
    held_out = found.figures.get("held_out")
    if held_out:
        tried = [(learner_name(name, language), qini) for name, qini in held_out["cross_fitted_qini"].items()]
        show_table(console, "Learners, cross-fitted on the campaigns before", ("learner", "Qini"), tried)
        title = f"Campaign {held_out['campaign']}, held out: uplift by {learner_name(held_out['learner'], language)}"
        show_table(console, title, ("ranked by", *FIGURES.values()), _methods(held_out, language))
        rolled = [(row["campaign"], row["people"], *map(_figure, _told(row))) for row in found.figures["rolling"]]
        show_table(console, "Each campaign by those before it", ("campaign", "people", *FIGURES.values()), rolled)
        rows = [(row["tenth"], row["people"], row["foretold"], row["seen"]) for row in held_out["tenths"]]
        show_table(console, "Uplift by tenth, highest first", ("tenth", "people", "foretold", "seen"), rows)
    console.print(Text(served_sentence(found.serves, found.why)[language]))


def write_chart(found: Uplift, out: Path, language: str) -> None:
    """Write the Qini chart; raises :class:`HuitouError` when no campaign was held out."""
    from training.charts.clusters import chart_page
    from training.charts.uplift import qini_lines

    held_out = found.figures.get("held_out")
    if not held_out:
        raise HuitouError(
            f"a chart needs a campaign that was held out; there is none: {found.why['en']}. Leave out --out.",
            code="no_uplift",
            field="out",
        )
    out.write_text(chart_page(qini_lines(held_out["methods"]["model"]["curve"], language)), encoding="utf-8")


def _campaign(told: Mapping[str, Any]) -> tuple[Any, ...]:
    shares = [f"{told[f'{arm}_orders'] / told[arm]:.2%}" if told[arm] else None for arm in ("treated", "control")]
    return told["campaign"], told["begins"][:10], told["treated"], shares[0], told["control"], shares[1]


def _methods(held_out: Mapping[str, Any], language: str) -> list[tuple[str, ...]]:
    from training.uplift.words import method_name

    return [(method_name(name, language), *map(_figure, _told(told))) for name, told in held_out["methods"].items()]


def _told(figures: Mapping[str, Any]) -> list[Mapping[str, float | None]]:
    return [figures[name] for name in FIGURES]


def _figure(told: Mapping[str, float | None]) -> str:
    """A figure and its interval."""
    if told["value"] is None:
        return "unknown"
    return f"{told['value']:.4f} ({told['low']:.4f} ... {told['high']:.4f})"
