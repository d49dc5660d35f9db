"""The report of a backtest as one HTML file that loads nothing: its charts, their library and its words are inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from features.errors import HuitouError
from training.recommend.reason_texts import LANGUAGES
from training.report.churn_sections import at_cutoff, in_short, over_cutoffs
from training.report.content import Figure, Section, date
from training.report.items_section import next_items
from training.report.methods import group_folds
from training.report.model_sections import calibration, driver_section, profit, ranking
from training.report.outlook_section import outlook_section
from training.report.people_sections import contacts, drift_section, visitors
from training.report.summary import parts_of
from training.report.uplift_section import uplift_section
from training.report.words import Words

# Vega evaluates expressions without "eval" here, so the page can forbid every script but its own.
DRAWING = """
const specs = JSON.parse(document.getElementById("charts").textContent);
const options = {mode: "vega-lite", renderer: "svg", actions: false, ast: true};
for (const [name, spec] of Object.entries(specs)) vegaEmbed(document.getElementById(name), spec, options);
"""

CONFIG = {
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {"grid": True, "gridColor": "#eceff2", "domainColor": "#aab2bb", "titleFontWeight": "normal"},
    "legend": {"orient": "bottom", "columns": 3, "labelLimit": 240},
    "title": {"anchor": "start", "fontSize": 14},
}
"""How charts look on a page."""


def page(report: Mapping[str, Any], language: str = "en") -> str:
    """The page of a report in ``en`` or ``zh``, of which everything else is text: nothing in it becomes markup.

    Raises :class:`HuitouError` for another language.
    """
    t, parts = Words(checked_language(language)), parts_of(report)
    sections = _sections(report, parts, t)
    facts = t(
        "{horizon} days ahead · cutoffs {cutoffs} · event version {version}",
        horizon=report["horizon_days"],
        cutoffs=", ".join(date(part["cutoff"]) for part in parts),
        version=report["event_version"],
    )
    figures = [figure for section in sections for figure in section.figures]
    return _template().render(
        t=t,
        facts=facts,
        notes=report["notes"],
        sections=sections,
        charts=in_script(json.dumps({figure.name: spec(figure) for figure in figures}, ensure_ascii=False)),
        script=Markup(_script()),  # noqa: S704  (the library and the lines above, no text of a shop)
        script_hash=_hash(_script()),
    )


def checked_language(language: str) -> str:
    """The language; raises :class:`HuitouError` when there are no words for it."""
    if language not in LANGUAGES:
        raise HuitouError(
            f"language must be one of {', '.join(LANGUAGES)}; got {language!r}. Leave it out for {LANGUAGES[0]}.",
            field="language",
            value=language,
            allowed=list(LANGUAGES),
        )
    return language


def write_page(report: Mapping[str, Any], file: Path, language: str = "en") -> None:
    """Write the page of a report."""
    file.write_text(page(report, language), encoding="utf-8")


def spec(figure: Figure) -> dict[str, Any]:
    """The chart as Vega-Lite that fits its place, with its sentence for those who do not see it."""
    drawn: dict[str, Any] = figure.chart.to_dict()
    drawn.pop("$schema", None)
    drawn["config"] = CONFIG
    return drawn | {"width": "container", "description": figure.caption}


def in_script(text: str) -> Markup:
    """JSON that cannot end the script element it stands in, whatever texts it holds."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  (nothing is left that HTML would read)


def _sections(report: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], t: Words) -> list[Section]:
    newest = parts[-1]
    several = [over_cutoffs(parts, report["summary"], t)] if "summary" in report else []
    if not newest["churn"]["methods"]["model"]["all"]["customers"]:
        return [in_short(parts, t), visitors(newest, {}, t), next_items(newest, {}, t)]
    return [
        in_short(parts, t),
        *several,
        at_cutoff(newest, t),
        calibration(newest, t),
        ranking(newest, t),
        profit(newest, t),
        outlook_section(parts, t),
        driver_section(newest, t),
        *contacts(newest, t),
        *uplift_section(report.get("uplift"), t),
        drift_section(report["drift"], t),
        visitors(newest, report.get("summary", {}), t),
        next_items(newest, report.get("summary", {}), t),
        group_folds(parts, t),
    ]


def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("training.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


@cache
def _script() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, and the lines that draw."""
    text = vl_convert.javascript_bundle(DRAWING)
    # The only two texts that could end a script element; inside strings of JavaScript the slash may be escaped.
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
