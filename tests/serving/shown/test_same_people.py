"""Merged visitors count as the customers that they are."""

from __future__ import annotations

from serving.shown.memory import Memory
from serving.shown.online_results import OnlineResults, online_results
from serving.shown.period import Period
from serving.shown.same_people import NOBODY_MERGED, SamePeople
from serving.shown.shown_table import shown_table
from tests.serving.shown.small_memory import NOON, answer, event, hours

DAY = Period(NOON, hours(24))
MERGED = SamePeople({"visitor:v": "anna"})


def test_a_visitor_who_logs_in(memory: Memory) -> None:
    """Clicked as a visitor and bought as the customer: one person, and the purchase follows from the click."""
    memory.shown.put([answer("r1", "visitor:v"), answer("r2", "anna", ("pot",)), answer("r3", None)])
    memory.responses.put(
        [
            event(1, "view", "tea", "r1", person="visitor:v"),
            event(2, "purchase", "tea", person="anna", at=hours(2), unit_price="4"),
        ]
    )

    def results(same: SamePeople) -> OnlineResults:
        return online_results(memory.shown, memory.responses, DAY, "placement", hours(24), same=same)

    merged, apart = results(MERGED).total, results(NOBODY_MERGED).total
    assert (merged.people, merged.purchases, merged.revenue) == (2, 1.0, 4.0)
    assert (apart.people, apart.purchases, apart.revenue) == (3, 0.0, 0.0)
    table = shown_table(memory.shown, memory.responses, DAY, MERGED)
    assert table["person"].dropna().tolist() == ["anna"] * 3
    assert table["purchased"].sum() == 1
