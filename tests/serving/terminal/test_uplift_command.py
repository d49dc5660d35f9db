"""Uplift in the terminal: campaigns, learners, baselines, tenths and the verdict."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from features.errors import HuitouError
from serving.terminal.uplift_command import show_uplift, write_chart
from tests.training.report.test_uplift_section import CAMPAIGN, HELD_OUT, ROLLING
from training.uplift.uplift import Uplift

WHY = {"en": "it [red]did not[/red] pass", "zh": "未通过"}
FOUND = Uplift(30, None, WHY, {"campaigns": [CAMPAIGN], "held_out": HELD_OUT, "rolling": ROLLING})


def printed(found: Uplift, language: str = "en") -> str:
    """What the command prints."""
    page = StringIO()
    show_uplift(Console(file=page, width=200), found, language)
    return page.getvalue()


def test_everything_is_told() -> None:
    """Each campaign with what came of both arms, each learner, each ranking with its intervals, tenths, and why."""
    told = printed(FOUND)
    for said in (
        *("<b>春", "冬", "15.00%", "10.00%", "S-learner on trees", "drawn by lot", "0.0123 (0.0010 ... 0.0200)"),
        "there is no uplift model: it [red]did not[/red] pass",
    ):
        assert said in told
    assert "随机抽取" in printed(FOUND, "zh")
    assert "尚无增益模型：未通过" in printed(FOUND, "zh")


def test_without_campaigns_there_is_one_sentence() -> None:
    """A shop that never left anybody alone on purpose reads why there is no model, and nothing else."""
    assert printed(Uplift.none()) == "there is no uplift model: no uplift model was trained with this version\n"


def test_the_chart_is_a_page(tmp_path: Path) -> None:
    """It opens without a network; without a held-out campaign it is one clear error."""
    out = tmp_path / "uplift.html"
    write_chart(FOUND, out, "en")
    assert "What a message changes (Qini)" in out.read_text(encoding="utf-8")
    with pytest.raises(HuitouError) as refused:
        write_chart(Uplift.none(), out, "en")
    assert str(refused.value) == (
        "a chart needs a campaign that was held out; there is none: no uplift model was trained with this version. "
        "Leave out --out."
    )
