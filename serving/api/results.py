"""``/v1/results``: what followed from the recommendations that were shown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from features.errors import HuitouError
from serving.api.interval import Interval
from serving.api.parsing import StrictRoute
from serving.api.service import Service, TheService, id_in_path
from serving.shown.comparing.comparison_results import ComparisonResults, comparison_results
from serving.shown.online_results import BY, online_results
from serving.shown.period import Period
from serving.shown.same_people import SamePeople
from serving.shown.set_aside_people import set_aside_people

router = APIRouter(prefix="/v1/results", tags=["results"], route_class=StrictRoute)

MOST_ANSWERS = 200_000
"""So many answers are looked at by one request; it takes some three seconds."""

By = Literal[BY]  # type: ignore[valid-type]


class ResultLine(BaseModel):
    """What followed from some of the answers; for intervals people are what is independent, not answers."""

    value: str = Field(description="Which placement, source, tier, version, side of a comparison, or place.")
    people: int = Field(description="How many people saw them.")
    answers: float = Field(description="How many answers, those included that a sample stands for.")
    seen_items: float = Field(description="How many items they showed.")
    clicks: float = Field(description="How many of these items were viewed, put into the cart or favoured from there.")
    purchases: float = Field(description="How many of these items were bought.")
    revenue: float = Field(description="What was paid for them, in the shop's currency.")
    click_rate: Interval = Field(description="Clicked items by items shown.")
    answer_click_rate: Interval = Field(description="Answers with a click by answers.")
    purchase_rate: Interval = Field(description="Bought items by items shown.")
    revenue_per_answer: Interval = Field(description="Revenue by answers.")


class Exploration(BaseModel):
    """Little-seen items on trial."""

    shown: int = Field(description="How many were shown.")
    clicks: int = Field(description="How many of them were clicked.")
    click_rate: Interval = Field(description="The click rate if all that fit were shown equally often: without bias.")


EXAMPLE_INTERVAL: dict[str, Any] = {"value": 0.05, "low": 0.046, "high": 0.054}
EXAMPLE_LINE: dict[str, Any] = {
    "value": "home",
    "people": 3120,
    "answers": 9870.0,
    "seen_items": 98700.0,
    "clicks": 4935.0,
    "purchases": 420.0,
    "revenue": 11760.5,
    "click_rate": EXAMPLE_INTERVAL,
    "answer_click_rate": {"value": 0.31, "low": 0.298, "high": 0.322},
    "purchase_rate": {"value": 0.0043, "low": 0.0037, "high": 0.0049},
    "revenue_per_answer": {"value": 1.19, "low": 1.02, "high": 1.36},
}


class RecommendationResults(BaseModel):
    """Online results of a period."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "start": "2025-02-01T00:00:00Z",
                    "end": "2025-03-01T00:00:00Z",
                    "settled_until": "2025-02-22T12:00:00Z",
                    "by": "placement",
                    "rows": [EXAMPLE_LINE],
                    "more_rows": 0,
                    "total": EXAMPLE_LINE | {"value": "all"},
                    "exploration": {"shown": 480, "clicks": 9, "click_rate": EXAMPLE_INTERVAL},
                    "left_out": 12,
                }
            ]
        }
    )

    start: datetime = Field(description="Answers from this moment on are counted.")
    end: datetime = Field(description="Answers before this moment are counted.")
    settled_until: datetime = Field(description="More may still follow from answers after this moment.")
    by: By
    rows: list[ResultLine]
    more_rows: int = Field(description="How many more rows there are that are not told here.")
    total: ResultLine
    exploration: Exploration | None = Field(description="Little-seen items on trial; null where none was shown.")
    left_out: int = Field(description="Answers to people who are set aside (bots, test orders): they are not counted.")


class SideLine(BaseModel):
    """One side of a comparison: what its people did from their first answer on."""

    snapshot: str
    people: int
    answers: float
    clicks: float
    buyers: int = Field(description="People who bought anything since their first answer.")
    revenue: float
    conversion: Interval = Field(description="Buyers by people.")
    clicks_per_answer: Interval
    revenue_per_person: Interval


class DifferenceLine(BaseModel):
    """What side b has more than side a."""

    absolute: Interval
    relative: Interval = Field(description="b by a, less 1.")
    smallest_found: float | None = Field(description="The difference that is found in 8 of 10 cases when it is there.")


EXAMPLE_SIDE: dict[str, Any] = {
    "snapshot": "20250201T020000Z-0a1b2c3d",
    "people": 5010,
    "answers": 15900.0,
    "clicks": 795.0,
    "buyers": 401,
    "revenue": 12030.0,
    "conversion": {"value": 0.08, "low": 0.0725, "high": 0.0875},
    "clicks_per_answer": EXAMPLE_INTERVAL,
    "revenue_per_person": {"value": 2.4, "low": 2.1, "high": 2.7},
}
EXAMPLE_DIFFERENCE: dict[str, Any] = {
    "absolute": {"value": 0.004, "low": -0.0066, "high": 0.0146},
    "relative": {"value": 0.05, "low": -0.083, "high": 0.183},
    "smallest_found": 0.015,
}


class ComparisonAnswer(BaseModel):
    """What a comparison found."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "spring-ranker",
                    "started": "2025-02-01T00:00:00Z",
                    "ended": None,
                    "until": "2025-03-01T00:00:00Z",
                    "share_b": 0.5,
                    "a": EXAMPLE_SIDE,
                    "b": EXAMPLE_SIDE | {"snapshot": "20250131T020000Z-4e5f6a7b"},
                    "differences": dict.fromkeys(
                        ("conversion", "clicks_per_answer", "revenue_per_person"), EXAMPLE_DIFFERENCE
                    ),
                    "mismatch_chance": 0.47,
                    "notes": [],
                }
            ]
        }
    )

    name: str
    started: datetime
    ended: datetime | None
    until: datetime = Field(description="What happened before this moment is counted.")
    share_b: float
    a: SideLine
    b: SideLine
    differences: dict[Literal["conversion", "clicks_per_answer", "revenue_per_person"], DifferenceLine]
    mismatch_chance: float = Field(
        description="The chance of sides as uneven as these; below 0.001 something is wrong."
    )
    notes: list[str] = Field(description="What must be known before the figures are believed.")


@router.get("/recommendations", summary="How often shown items were clicked and bought")
def get_recommendation_results(
    service: TheService,
    start: Annotated[
        AwareDatetime | None,
        Query(alias="from", description="First moment, with a zone; else four weeks before until."),
    ] = None,
    until: Annotated[AwareDatetime | None, Query(description="The moment before which it ends; else now.")] = None,
    by: Annotated[By, Query(description="What the rows are told by.")] = "placement",
) -> RecommendationResults:
    """Clicks, purchases and revenue within seven days of an answer, with 95 % intervals."""
    now = service.clock()
    period = Period.of(start, until, now)
    _check_size(service, period)
    found = online_results(
        service.shown,
        service.responses,
        period,
        by,
        now,
        set_aside=set_aside_people(service.snapshot),
        same=SamePeople(service.merged.in_force()),
    )
    said = asdict(found)
    return RecommendationResults.model_validate(said | {"start": period.start, "end": period.end})


@router.get("/comparisons/{name}", summary="What a comparison of two snapshots found")
def get_comparison_results(
    name: Annotated[str, Path(max_length=256, description="The name that it was started with.")], service: TheService
) -> ComparisonAnswer:
    """Both sides by intention to treat, and the differences with 95 % intervals for one look at a planned end."""
    comparison = service.comparisons.get(id_in_path(name))
    now = service.clock()
    until = comparison.ended or now
    if until > comparison.started:
        _check_size(service, Period(comparison.started, until))
    found = comparison_results(
        service.shown, service.responses, comparison, now, set_aside=set_aside_people(service.snapshot)
    )
    return _told(found)


def _told(found: ComparisonResults) -> ComparisonAnswer:
    about = found.comparison
    return ComparisonAnswer.model_validate(
        {
            "name": about.name,
            "started": about.started,
            "ended": about.ended,
            "until": found.until,
            "share_b": about.share_b,
            "a": asdict(found.a),
            "b": asdict(found.b),
            "differences": {name: asdict(each) for name, each in found.differences.items()},
            "mismatch_chance": found.mismatch_chance,
            "notes": [*found.notes],
        }
    )


def _check_size(service: Service, period: Period) -> None:
    answers = service.shown.count(period.start, period.end)
    if answers > MOST_ANSWERS:
        raise HuitouError(
            f"a request looks at {MOST_ANSWERS:,} answers at most; these days have {answers:,}. Ask for fewer days, or "
            "use: huitou results recommendations",
            field="from",
            value=period.start.isoformat(),
        )
