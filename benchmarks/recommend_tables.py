"""What the recommendation benchmark prints of one protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.recommend_run import Ran
from training.recommend.measuring.intervals import Told
from training.recommend.measuring.trial import SERVED

GROUP_MEASURES = ("recall@10", "ndcg@10", "hit_rate@10")
BREADTH = (
    *("head_recall@10", "mid_recall@10", "tail_recall@10"),
    *("new_share@10", "novelty_bits@10", "catalogue_coverage@10"),
)
ALONE = ("recall@10", "hit_rate@10", "candidate_recall", "known_candidate_recall", "new_candidate_recall", "proposes")
LOST = ("recall@10", "ndcg@10", "known_recall@10", "new_recall@10")


def print_ran(ran: Ran) -> None:
    """Every table of one protocol."""
    for reason in ran.gate.reasons:
        print(f"  {reason}")
    print(f"  {ran.trial.customers:,} measured, tier {ran.tier}")
    measures = (*ran.protocol.figures.values(), *ran.protocol.measures)
    _print_methods(ran, measures)
    _print_listed(ran, measures)
    _print_against(ran)
    _print_breadth(ran)
    _print_groups(ran)
    _print_sources(ran)
    _print_times(ran)


def print_aims(ran: Ran) -> None:
    """Whether each aim was met."""
    told = ran.told[SERVED]
    for measure, aim in ran.protocol.aims.items():
        value = told[measure]["value"] or 0.0
        print(f"  aim: {measure} at least {aim:.4f}: {value:.4f}, {'met' if value >= aim else 'NOT MET'}")


def _print_methods(ran: Ran, measures: Sequence[str]) -> None:
    told, first = ran.told, next(iter(ran.protocol.figures.values()))
    rows = sorted(told.items(), key=lambda row: -(row[1][first]["value"] or 0))
    _table("method", measures, {name: [cell(found[measure]) for measure in measures] for name, found in rows})


def _print_listed(ran: Ran, measures: Sequence[str]) -> None:
    print("  listed before for these files:")
    for name, figures in ran.protocol.listed.items():
        said = ", ".join(f"{measure} {figures[measure]:.3f}" for measure in measures if measure in figures)
        print(f"    {name}: {said}")


def _print_against(ran: Ran) -> None:
    """What serves against the best of the others, paired."""
    told = ran.told
    for measure in ran.protocol.figures.values():
        best = max((name for name in told if name != SERVED), key=lambda name: told[name][measure]["value"] or 0)
        print(f"  {measure}: served minus {best} {difference(ran.over(best)[measure])}")


def _print_breadth(ran: Ran) -> None:
    told = ran.trial.models(seed=7)
    _table("method", BREADTH, {name: [cell(found[measure]) for measure in BREADTH] for name, found in told.items()})


def _print_groups(ran: Ran) -> None:
    rows = {
        f"{name} ({group['customers']:,})": [cell(group["models"][SERVED][measure]) for measure in GROUP_MEASURES]
        for name, group in ran.trial.groups(seed=7).items()
        if group["customers"]
    }
    _table("served, by group", GROUP_MEASURES, rows)


def _print_sources(ran: Ran) -> None:
    """Each source alone, and what the answer loses without it."""
    found = ran.ablation
    names = ("recall@10", "ndcg@10", "candidate_recall", "known_candidate_recall", "new_candidate_recall")
    whole = ", ".join(f"{name} {cell(found['whole'][name])}" for name in names)
    print(f"  sources, on {found['customers']:,} of them; all together: {whole}")
    _table(
        "source alone",
        ALONE,
        {name: [cell(source["alone"][measure]) for measure in ALONE] for name, source in found["sources"].items()},
    )
    _table(
        "lost without it",
        LOST,
        {name: [difference(source["lost"][measure]) for measure in LOST] for name, source in found["sources"].items()},
    )


def _print_times(ran: Ran) -> None:
    """Seconds of each method; the ratios are to those of ``implicit`` in this very run."""
    clock, people = ran.clock, ran.trial.customers
    for name, seconds in clock.fitting.items():
        print(f"  fitting, {name}: {seconds:.1f} s")
    for name, seconds in clock.answering.items():
        ratios = ", ".join(f"{clock.answering[other] / seconds:.2f} x {other}" for other in ("als", "bm25_knn"))
        print(f"  answering, {name}: {people / seconds:,.0f} people a second = {ratios}")


def _table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    print()
    print("  " + f"{title:<34}" + "".join(f"{name:>25}" for name in columns))
    for name, cells in rows.items():
        print("  " + f"{name:<34}" + "".join(f"{each:>25}" for each in cells))


def cell(measure: Told) -> str:
    """A measure with its interval."""
    if measure["value"] is None:
        return "-"
    low, high = measure.get("low"), measure.get("high")
    return f"{measure['value']:.4f}" + (f" ({low:.3f}, {high:.3f})" if low is not None and high is not None else "")


def difference(measure: Told) -> str:
    """A difference with its interval."""
    if measure["value"] is None or measure["low"] is None or measure["high"] is None:
        return "-"
    return f"{measure['value']:+.4f} ({measure['low']:+.3f}, {measure['high']:+.3f})"
