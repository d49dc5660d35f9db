"""Plans: each person's own by the playbook, or one for everybody."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from features.shop.groups.playbook import GROUPINGS, Playbook
from serving.lists.frozen.plans import told_plans

PEOPLE = pa.table(
    {
        name: pa.array([{"layer": "lost", "stage": "lost"}.get(name), {"layer": "new"}.get(name)], pa.string())
        for name in GROUPINGS
    }
)


def test_each_has_their_own() -> None:
    """In English and in Chinese, as the playbook says it for their groups."""
    playbook = Playbook.in_folder(Path("nowhere"))
    english, chinese = told_plans(playbook, None, PEOPLE)
    assert english.to_pylist() == [
        playbook.plan_of("stage", "lost").sentence("en"),
        playbook.plan_of("layer", "new").sentence("en"),
    ]
    assert chinese[1].as_py() == playbook.plan_of("layer", "new").sentence("zh")


def test_one_for_everybody() -> None:
    """A template's plan is that of all."""
    playbook = Playbook.in_folder(Path("nowhere"))
    english, _ = told_plans(playbook, "behaviour_group:cart_heavy", PEOPLE)
    assert english.to_pylist() == [playbook.plan_of("behaviour_group", "cart_heavy").sentence("en")] * 2


def test_a_list_for_a_channel_speaks_of_it() -> None:
    """All else of the plans stays as the playbook says it."""
    english, chinese = told_plans(Playbook.in_folder(Path("nowhere")), "behaviour_group:cart_heavy", PEOPLE, "sms")
    assert english[1].as_py() == (
        "Remind them of the open cart; say what delivery costs and when it comes; channel: Text message; offer: free "
        "delivery on this cart; no discount before the second reminder; when: an hour after the cart was left, again "
        "after a day"
    )
    assert "渠道：短信；" in chinese[1].as_py()
