"""The page: whole, safe, loading nothing, in two languages, with charts that can be drawn."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from typing import Any

import pytest
import vl_convert

from features.errors import HuitouError
from tests.training.conftest import Backtested
from tests.training.report.hostile import ATTACK, PageReader, attacked
from training.report.page import in_script, page

HARMLESS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "nav",
        "noscript",
        "a",
        "h1",
        "h2",
    ),
    *("p", "ul", "li", "strong", "small", "dl", "dt", "dd", "div", "figure", "figcaption", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "script"),
}


@pytest.fixture(scope="module")
def english(backtested: Backtested) -> PageReader:
    """The page of the planted shop at two cutoffs."""
    return PageReader(page(backtested.report))


@pytest.fixture(scope="module")
def hostile(backtested: Backtested) -> PageReader:
    """The same with attacks for texts."""
    return PageReader(page(attacked(backtested.report)))


def specs_of(found: PageReader) -> dict[str, Any]:
    """The charts of a page."""
    specs: dict[str, Any] = json.loads(found.scripts[0])
    return specs


def test_every_chapter_is_there(english: PageReader) -> None:
    """Sections follow one another, each linked from the top."""
    names = [attributes["id"] for attributes in english.named("section")]
    assert names == [
        *("in-short", "cutoffs", "baselines", "calibration", "ranking", "profit", "outlook", "drivers", "drift"),
        *("visitors", "items", "figures"),
    ]
    assert [attributes["href"] for attributes in english.named("a")] == [f"#{name}" for name in names]


def test_every_chart_has_its_place_and_its_words(english: PageReader) -> None:
    """Charts are drawn into an element of their own, and say in a sentence what they show."""
    specs = specs_of(english)
    places = {attributes["id"] for attributes in english.named("div") if attributes.get("class") == "chart"}
    assert set(specs) == places
    assert {"reliability", "scores", "lift", "gain", "profit-curve", "expected", "drift-bars", "recall"} <= set(specs)
    assert {"cutoffs-roc-auc", "drivers-repeat", "visitor-lift"} <= set(specs)
    for spec in specs.values():
        assert spec["description"] in english.text
        assert spec["title"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_can_be_drawn(backtested: Backtested, language: str) -> None:
    """The library that is inside the page draws every chart, with its sentence for those who do not see it."""
    for name, spec in specs_of(PageReader(page(backtested.report, language))).items():
        drawn = vl_convert.vegalite_to_svg(spec | {"width": 300})
        assert drawn.startswith("<svg"), name
        assert "aria-label" in drawn


@pytest.mark.parametrize("which", ["english", "hostile"])
def test_nothing_is_loaded_from_outside(which: str, request: pytest.FixtureRequest) -> None:
    """No element, style or chart refers to anything outside the file, and the page forbids it besides."""
    found: PageReader = request.getfixturevalue(which)
    assert {tag for tag, _ in found.elements} <= HARMLESS
    for tag, attributes in found.elements:
        assert not {"src", "srcset", "data", "action", "background", "poster", "style"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|http", "".join(found.styles))
    keys = re.findall(r'"(\w+)":', json.dumps(specs_of(found)))
    assert not {"url", "href", "usermeta", "$schema"} & set(keys)
    [policy] = [attributes["content"] for attributes in found.named("meta") if "http-equiv" in attributes]
    assert (policy or "").startswith("default-src 'none'; ")


def test_only_the_pages_own_script_may_run(english: PageReader) -> None:
    """There is the data and one script, and the policy allows the one with its hash and no other."""
    data, script = english.scripts
    assert json.loads(data)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    [policy] = [attributes["content"] for attributes in english.named("meta") if "http-equiv" in attributes]
    assert f"script-src 'sha256-{digest}';" in (policy or "")
    assert "unsafe-eval" not in (policy or "")
    assert english.named("script")[0] == {"type": "application/json", "id": "charts"}


def test_attacks_are_only_text(english: PageReader, hostile: PageReader) -> None:
    """Hostile names stand on the page and on charts as they are written, and make no element."""
    assert [tag for tag, _ in hostile.elements if tag in ("script", "img")] == ["script", "script"]
    assert hostile.scripts[1] == english.scripts[1]
    assert hostile.text.count(ATTACK) > 5
    assert ATTACK in json.dumps(specs_of(hostile), ensure_ascii=False).replace('\\"', '"')


def test_a_script_cannot_be_ended_by_data() -> None:
    """JSON within a script has no character that HTML reads, and is the same JSON."""
    text = json.dumps({"<!-- </script>": "& \u2028"}, ensure_ascii=False)
    assert not set("<>&\u2028") & set(in_script(text))
    assert json.loads(in_script(text)) == json.loads(text)


def test_chinese_is_whole(backtested: Backtested) -> None:
    """Headings, tables and charts are in Chinese; only names of features and reasons of the gate stay as they are."""
    found = PageReader(page(backtested.report, "zh"))
    assert found.named("html") == [{"lang": "zh"}]
    assert "结论摘要" in found.text
    assert "In short" not in found.text
    assert "截止日" in found.scripts[0]


def test_one_cutoff_has_no_chapter_about_time(backtested: Backtested) -> None:
    """Its page is the same without what several cutoffs show."""
    report = backtested.report
    alone = {**report["cutoffs"][-1], **{name: report[name] for name in ("event_version", "notes", "drift")}}
    found = PageReader(page(alone))
    names = [attributes["id"] for attributes in found.named("section")]
    assert "cutoffs" not in names
    assert names[0] == "in-short"


def test_a_shop_without_buyers_has_a_page(backtested: Backtested) -> None:
    """Where nobody had ordered there is a page of what little there is."""
    report = copy.deepcopy(backtested.report)
    newest = report["cutoffs"][-1]
    nobody: dict[str, Any] = {"customers": 0, "happened": 0, "base_rate": None, "reliability": [], "metrics": {}}
    newest["churn"]["methods"] = {"model": dict.fromkeys(("all", "one_order", "repeat"), nobody)}
    names = [attributes["id"] for attributes in PageReader(page(report)).named("section")]
    assert names == ["in-short", "visitors", "items"]


def test_a_language_without_words_is_refused(backtested: Backtested) -> None:
    """There are two languages."""
    with pytest.raises(HuitouError) as caught:
        page(backtested.report, "fr")
    assert str(caught.value) == "language must be one of en, zh; got 'fr'. Leave it out for en."
