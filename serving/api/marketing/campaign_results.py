"""The results of campaigns as the API tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.api.interval import Interval
from serving.api.marketing.campaign_answers import EXAMPLE_CAMPAIGN, ToldCampaign, Words


class ArmLine(BaseModel):
    """What the people of one arm did."""

    people: int = Field(description="All of the arm, whether the message reached them or not.")
    buyers: int
    orders: int
    revenue: float = Field(description="Returns taken off.")
    margin: float | None = Field(description="Revenue times the share of it that the shop earns.")
    unsubscribed: int
    conversion: Interval = Field(description="Buyers by people.")


class EffectLines(BaseModel):
    """The difference that it made, by intention to treat."""

    treated: ArmLine
    control: ArmLine
    absolute_lift: Interval = Field(description="Conversion of the treated less that of the control.")
    relative_lift: Interval = Field(description="The same by the conversion of the control.")
    incremental_orders: Interval = Field(description="absolute_lift times the treated.")
    incremental_share: Interval = Field(description="incremental_orders by the buyers among the treated.")
    orders_per_head_lift: Interval = Field(description="As absolute_lift, further orders of one person included.")
    revenue_per_head_lift: Interval
    revenue_relative_lift: Interval = Field(description="revenue_per_head_lift by the control's revenue per head.")
    incremental_revenue: Interval = Field(description="revenue_per_head_lift times the treated.")
    incremental_margin: Interval
    cost: float | None
    iroi: Interval = Field(description="(incremental_margin - cost) / cost.")
    unsubscribed_lift: Interval = Field(description="Share that unsubscribed of the treated less that of the control.")
    expected_least: float = Field(description="Buyers of the smaller arm if both were alike; below 10 nothing is said.")
    by_stratum: bool = Field(description="Whether the arms were compared stratum by stratum.")


class VerdictLine(BaseModel):
    """What can be said."""

    kind: Literal["not_ended", "no_control", "helped", "hurt", "no_difference", "too_few"]
    sentence: Words
    more_people: int | None = Field(description="About how many more people it needs, where it has too few.")


class ArmCurveLine(BaseModel):
    """One arm, day by day: who had ordered by the end of each."""

    conversion: list[float | None]
    low: list[float | None]
    high: list[float | None]


class Curve(BaseModel):
    """Both arms, day by day."""

    treated: ArmCurveLine
    control: ArmCurveLine
    note: Words


class LayerLine(BaseModel):
    """One layer."""

    layer: str
    treated_people: int
    control_people: int
    absolute_lift: Interval = Field(description="The intervals of all layers hold together in 95 of 100 cases.")
    shrunk_lift: float | None = Field(description="Drawn towards the mean of all layers: the best guess.")


class LayerLines(BaseModel):
    """All layers."""

    rows: list[LayerLine]
    chance_alike: float | None
    note: Words


class SelectionLines(BaseModel):
    """The model's list against the merchant's."""

    model: EffectLines
    merchant: EffectLines
    both_people: int = Field(description="People on both lists; each is in one arm.")
    orders_per_contact: Interval = Field(
        description="Incremental buyers for each person written to: the model's list less the merchant's."
    )
    revenue_per_contact: Interval = Field(description="The same of revenue.")
    sentence: Words


class ContactLines(BaseModel):
    """What became of the messages."""

    outcomes: dict[str, int] = Field(description="Messages to the treated by outcome.")
    written_to: int
    control_written_to: int = Field(description="People of the control group who were written to by mistake.")
    deleted_treated: int
    deleted_control: int


def _interval(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high}


_EXAMPLE_ARM: dict[str, Any] = {
    "people": 18_000,
    "buyers": 540,
    "orders": 601,
    "revenue": 24_880.0,
    "margin": 7_464.0,
    "unsubscribed": 61,
    "conversion": _interval(0.03, 0.0276, 0.0326),
}
_EXAMPLE_EFFECTS: dict[str, Any] = {
    "treated": _EXAMPLE_ARM,
    "control": _EXAMPLE_ARM
    | {"people": 2_000, "buyers": 40, "orders": 44, "conversion": _interval(0.02, 0.0147, 0.0271)},
    "absolute_lift": _interval(0.01, 0.003, 0.0161),
    "relative_lift": _interval(0.5, 0.105, 1.08),
    "incremental_orders": _interval(180.0, 54.0, 290.0),
    "incremental_share": _interval(0.333, 0.095, 0.519),
    "orders_per_head_lift": _interval(0.0114, 0.0035, 0.0181),
    "revenue_per_head_lift": _interval(0.46, 0.08, 0.77),
    "revenue_relative_lift": _interval(0.5, 0.06, 1.21),
    "incremental_revenue": _interval(8_280.0, 1_440.0, 13_860.0),
    "incremental_margin": _interval(2_484.0, 432.0, 4_158.0),
    "cost": 900.0,
    "iroi": _interval(1.76, -0.52, 3.62),
    "unsubscribed_lift": _interval(0.0034, 0.0021, 0.0044),
    "expected_least": 58.0,
    "by_stratum": False,
}
_EXAMPLE_VERDICT: dict[str, Any] = {
    "kind": "helped",
    "sentence": {"en": "It helped: about 180 orders more (54 to 290).", "zh": "活动有效：约增加180单（54至290）。"},
    "more_people": None,
}
_EXAMPLE_CURVE: dict[str, Any] = {"conversion": [0.004, 0.009], "low": [0.0031, 0.0077], "high": [0.005, 0.0105]}
_EXAMPLE_NOTE: dict[str, Any] = {"en": "There is no sign that the layers differ.", "zh": "没有迹象表明各层效果不同。"}


class CampaignResults(BaseModel):
    """Everything about one campaign."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "campaign": EXAMPLE_CAMPAIGN,
                    "until": "2025-03-15T09:00:00Z",
                    "interim": False,
                    "verdict": _EXAMPLE_VERDICT,
                    "effects": _EXAMPLE_EFFECTS,
                    "daily_curve": {"treated": _EXAMPLE_CURVE, "control": _EXAMPLE_CURVE, "note": _EXAMPLE_NOTE},
                    "layers": {"rows": [], "chance_alike": None, "note": _EXAMPLE_NOTE},
                    "model_against_merchant": None,
                    "contacts": {
                        "outcomes": {"delivered": 17_410, "bounced": 590},
                        "written_to": 18_000,
                        "control_written_to": 0,
                        "deleted_treated": 0,
                        "deleted_control": 0,
                    },
                    "notes": [],
                }
            ]
        }
    )

    campaign: ToldCampaign
    until: datetime = Field(description="What happened before this moment counts.")
    interim: bool = Field(description="Whether the campaign has not ended: then there is no verdict.")
    verdict: VerdictLine
    effects: EffectLines
    daily_curve: Curve
    layers: LayerLines
    model_against_merchant: SelectionLines | None = Field(description="Null where the list has one selection only.")
    contacts: ContactLines
    notes: list[Words] = Field(description="What must be known before the figures are believed.")


class Difference(BaseModel):
    """How much campaigns differ."""

    chance: float | None = Field(description="Of differences at least as large among campaigns of one effect.")
    between_share: float = Field(description="The share of the differences that is no chance (I squared).")
    next_one: Interval = Field(description="The absolute lift to be expected of another campaign.")
    note: Words


class PoolCampaign(BaseModel):
    """One campaign of a pool."""

    campaign: ToldCampaign
    effects: EffectLines


class PoolResults(BaseModel):
    """The campaigns of a pool that have ended, together and each."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pool": "open carts",
                    "effects": _EXAMPLE_EFFECTS,
                    "verdict": _EXAMPLE_VERDICT,
                    "differ": {
                        "chance": None,
                        "between_share": 0.0,
                        "next_one": {"value": 0.01, "low": None, "high": None},
                        "note": _EXAMPLE_NOTE,
                    },
                    "campaigns": [{"campaign": EXAMPLE_CAMPAIGN, "effects": _EXAMPLE_EFFECTS}],
                    "not_ended": 0,
                }
            ]
        }
    )

    pool: str
    effects: EffectLines = Field(description="The intervals hold at each further campaign, all looks together.")
    verdict: VerdictLine
    differ: Difference
    campaigns: list[PoolCampaign]
    not_ended: int = Field(description="How many more campaigns of the pool have not ended.")


class HoldoutResults(BaseModel):
    """Everybody against those who are held out of all campaigns."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "since": "2025-01-04T00:00:00Z",
                    "until": "2025-03-01T00:00:00Z",
                    "share": 0.05,
                    "interim": False,
                    "verdict": _EXAMPLE_VERDICT,
                    "effects": _EXAMPLE_EFFECTS,
                }
            ]
        }
    )

    since: datetime
    until: datetime = Field(description="The end of the last whole period of four weeks; before the first, now.")
    share: float = Field(description="The share that is held out.")
    interim: bool = Field(description="Whether not even one period is over: then there is no verdict.")
    verdict: VerdictLine
    effects: EffectLines = Field(description="treated: everybody else; control: those held out.")
