"""Suggested plans: the built-in ones, the shop's own, which of several counts, and mistakes in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.channels import CHANNELS
from features.errors import HuitouError
from features.shop.groups.playbook import GROUPINGS, Playbook, built_in_text

OWN = {
    "text": {"en": "Send the catalogue", "zh": "寄送目录"},
    "channel": "post",
    "offer": {"en": "none", "zh": "无"},
    "timing": {"en": "in May", "zh": "五月"},
}
GROUPS: dict[str, str | None] = {
    "layer": "active",
    "stage": "mature",
    "rfm_group": "loyal",
    "value_level": "high",
    "behaviour_group": "occasional",
}


def own(**said: Any) -> Playbook:
    """The playbook of a file that says this."""
    return Playbook.read(json.dumps(said))


def test_every_group_has_a_plan_in_both_languages(tmp_path: Path) -> None:
    """Without a file the built-in plans count: one for each group, none without words or of no channel."""
    book = Playbook.in_folder(tmp_path)
    plans = [book.plan_of(grouping, group) for grouping, groups in GROUPINGS.items() for group in groups]
    assert len(plans) == 31
    for plan in plans:
        assert plan.channel in CHANNELS
        assert all(part[language] for part in (plan.text, plan.offer, plan.timing) for language in ("en", "zh"))
        assert plan.sentence("en") != plan.sentence("zh")


def test_a_shop_changes_single_plans(tmp_path: Path) -> None:
    """What the file says counts, and what it leaves out stays as it is built in."""
    (tmp_path / "playbook.json").write_text(json.dumps({"plans": {"layer": {"lost": OWN}}}), encoding="utf-8-sig")
    book = Playbook.in_folder(tmp_path)
    assert book.plan_of("layer", "lost").sentence("en") == (
        "Send the catalogue; channel: Letter; offer: none; when: in May"
    )
    assert book.plan_of("layer", "lost").sentence("zh") == "寄送目录；渠道：邮寄；优惠：无；时机：五月"
    built_in = Playbook.read(built_in_text())
    assert book.plan_of("layer", "new") == built_in.plan_of("layer", "new")
    assert book.precedence == built_in.precedence


def test_one_text_for_both_languages() -> None:
    """A shop that writes in one language writes each text once."""
    said = {"text": "Brief", "channel": "sms", "offer": "keins", "timing": "sofort"}
    plan = own(plans={"stage": {"lost": said}}).plan_of("stage", "lost")
    assert plan.text == {"en": "Brief", "zh": "Brief"}


@pytest.mark.parametrize(
    ("precedence", "changed", "of"),
    [
        (None, {}, "rfm_group:loyal"),
        (None, {"behaviour_group": "cart_heavy"}, "behaviour_group:cart_heavy"),
        (None, {"behaviour_group": "loyal"}, "rfm_group:loyal"),
        (None, {"rfm_group": None, "behaviour_group": "browse_only"}, "behaviour_group:browse_only"),
        (["stage"], {}, "stage:mature"),
        (["stage:lost", "value_level:high"], {}, "value_level:high"),
        (["stage:lost"], {}, "layer:active"),
        (["rfm_group"], {"rfm_group": None}, "layer:active"),
    ],
)
def test_the_first_that_fits_counts(precedence: list[str] | None, changed: dict[str, str | None], of: str) -> None:
    """Of several groups the order of the file decides, and the layer where none of it fits."""
    book = Playbook.read(built_in_text()) if precedence is None else own(precedence=precedence)
    plan = book.plan_for(GROUPS | changed)
    assert f"{plan.grouping}:{plan.group}" == of


@given(
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from(groups) | st.none() for name, groups in GROUPINGS.items()}).map(
            lambda said: said | {"layer": said["layer"] or "lost"}
        ),
        max_size=20,
    )
)
def test_many_at_once(people: list[dict[str, str | None]]) -> None:
    """The plans of a whole table are those of its people one by one."""
    book = Playbook.read(built_in_text())
    columns = {name: pa.array([who[name] for who in people], pa.string()) for name in GROUPINGS}
    place, plans = book.plans_of(columns)
    assert [plans[one] for one in place] == [book.plan_for(who) for who in people]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it must be JSON; Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        ("[]", "it must be a JSON object with precedence and plans."),
        ('{"plans": 3}', "plans must be a JSON object of groupings."),
        (
            '{"plans": {"stages": {}}}',
            "plans must name layer, stage, rfm_group, value_level, behaviour_group; got 'stages'.",
        ),
        ('{"plans": {"layer": []}}', "plans.layer must be a JSON object of plans."),
        (
            '{"plans": {"layer": {"old": {}}}}',
            "plans.layer must name new, active, high_win_back, low_win_back, lost, visitor; got 'old'.",
        ),
        ('{"plans": {"layer": {"lost": {}}}}', "plans.layer.lost.text must be given; got nothing."),
        (
            json.dumps({"plans": {"layer": {"lost": OWN | {"channel": "fax"}}}}),
            "plans.layer.lost.channel must be one of 'email', 'sms', 'app', 'wechat', 'phone' or 'post'; got \"fax\".",
        ),
        (
            json.dumps({"plans": {"layer": {"lost": OWN | {"offer": {"en": "none"}}}}}),
            "plans.layer.lost.offer.zh must be given; got nothing.",
        ),
        (
            json.dumps({"plans": {"layer": {"lost": OWN | {"discount": 5}}}}),
            "plans.layer.lost.discount is not a field of this file; got 5.",
        ),
        (
            '{"precedence": ["cluster"]}',
            "precedence must name groups, such as rfm_group or layer:lost, and 'cluster' is none; got [\"cluster\"].",
        ),
        (
            '{"precedence": ["layer:x"]}',
            "precedence must name groups, such as rfm_group or layer:lost, and 'layer:x' is none; got [\"layer:x\"].",
        ),
        (
            '{"precedence": ["layer", "layer"]}',
            'precedence must name each once, and \'layer\' is named twice; got ["layer", "layer"].',
        ),
        ('{"precedence": []}', "precedence must name at least one group; got []."),
        ('{"plan": {}}', "plan is not a field of this file; got {}."),
    ],
)
def test_mistakes_are_told(text: str, message: str) -> None:
    """The first thing that is wrong is told with the field, the value, what is allowed and the next step."""
    with pytest.raises(HuitouError) as caught:
        Playbook.read(text)
    assert caught.value.message == f"playbook.json: {message} Mend it, and look with: huitou playbook check"
    assert caught.value.code == "broken_playbook"


def test_files_that_are_no_text(tmp_path: Path) -> None:
    """A file that is too large, or no UTF-8, is refused."""
    file = tmp_path / "playbook.json"
    file.write_bytes(b"\xff\xfe{}")
    with pytest.raises(HuitouError, match=r"^playbook\.json: it must be a file of UTF-8 text; "):
        Playbook.in_folder(tmp_path)
    file.write_bytes(b" " * (Playbook.kind.most_bytes + 1))
    with pytest.raises(HuitouError, match=r"^playbook\.json: it must have at most 1,000,000 bytes; it has more\. "):
        Playbook.in_folder(tmp_path)
