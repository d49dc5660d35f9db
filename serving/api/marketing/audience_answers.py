"""What is told of audiences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from serving.audiences.meaning.fields import Field as AudienceField
from serving.audiences.ready import Ready
from serving.audiences.templates import template
from serving.database.marketing.audiences import Audience

_FIELD: dict[str, Any] = {
    "name": "churn_probability",
    "column": "churn_probability_91d",
    "type": "number",
    "unit": "share",
    "title": {"en": "Chance of no order within 91 days", "zh": "91天内流失概率"},
    "unit_title": {"en": "share, 0 to 1", "zh": "比例，0至1"},
    "operators": ["is", "in", "at_least", "at_most", "between", "is_known"],
    "values": [],
}
_TEMPLATE: dict[str, Any] = {
    "name": "open-cart",
    "title": {"en": "Open cart", "zh": "购物车未结算"},
    "explanation": {
        "en": "Have put something in the cart lately and neither bought it nor taken it out.",
        "zh": "近期加购，既未购买也未移除。",
    },
    "parameters": [
        {
            "name": "within_days",
            "type": "days",
            "usual": 30,
            "title": {"en": "within so many days, today included", "zh": "最近天数（含今天）"},
        }
    ],
    "filter": {"open": "cart", "within_days": 30},
    "ranking": "order_probability",
    "items": "open_cart",
    "plan": "behaviour_group:cart_heavy",
}
AUDIENCE_EXAMPLE: dict[str, Any] = {
    "name": "tea lovers who wait",
    "filter": {
        "all": [
            {"did": "view", "category": "tea", "within_days": 30},
            {"did_not": "purchase", "category": "tea", "within_days": 90},
        ]
    },
    "note": "for the spring letter",
    "changed_at": "2025-03-01T10:00:00Z",
    "changed_by": "3f2a9c0b71de",
}


class Title(BaseModel):
    """The same in both languages."""

    en: str
    zh: str


class TypedField(BaseModel):
    """One field of the table of customers."""

    name: str = Field(description="As filters write it.")
    column: str = Field(description="Its column, which filters may write as well; of another horizon, only that.")
    type: str = Field(description="number, date, flag or text.")
    unit: str = Field(description="share, days, money, orders, score, ...; empty for names.")
    title: Title
    unit_title: Title
    operators: list[str] = Field(description="What can be asked of it.")
    values: list[str] = Field(description="The names that a text can be.")

    @classmethod
    def of(cls, field: AudienceField) -> TypedField:
        """The field for people."""
        return cls(
            name=field.name,
            column=field.column,
            type=field.kind,
            unit=field.unit,
            title=Title(**field.titles),
            unit_title=Title(**field.unit_names),
            operators=list(field.operators),
            values=list(field.values),
        )


class TypedFields(BaseModel):
    """Everything that a filter can ask for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model_version": "3",
                    "as_of": "2025-03-01T00:00:00Z",
                    "fields": [_FIELD],
                    "parts": ["all", "any", "not", "did", "field"],
                    "event_kinds": ["view", "cart", "anything"],
                    "channels": ["email", "sms"],
                    "relative_days": ["today", "start_of_month"],
                }
            ]
        }
    )

    model_version: str
    as_of: datetime
    fields: list[TypedField]
    parts: list[str] = Field(description="What a part of a filter can begin with.")
    event_kinds: list[str] = Field(description="What did and did_not take.")
    channels: list[str] = Field(description="What contacted takes as channel.")
    relative_days: list[str] = Field(description="What days are counted from, as in today-7.")


class TemplateParameter(BaseModel):
    """One number or name of a template."""

    name: str
    type: str = Field(description="days, share, count, item or text.")
    usual: Any = Field(description="What it is when nothing is said; null where it must be said.")
    title: Title


class ReadyAudience(BaseModel):
    """One ready audience."""

    name: str
    title: Title
    explanation: Title
    parameters: list[TemplateParameter]
    filter: dict[str, Any] | None = Field(description="The filter; null where a parameter must be said first.")
    ranking: str = Field(description="In which order people stand where there is no uplift model.")
    items: str = Field(description="Where items come from: recommended, open_cart, open_favorite, due_again, the_item.")
    plan: str | None = Field(description="The entry of the playbook that fits everybody; null: each person's own.")

    @classmethod
    def of(cls, ready: Ready) -> ReadyAudience:
        """The template for people."""
        complete = all(parameter.usual is not None for parameter in ready.parameters.values())
        return cls(
            name=ready.name,
            title=Title(**ready.title),
            explanation=Title(**ready.explanation),
            parameters=[
                TemplateParameter(name=name, type=each.kind, usual=each.usual, title=Title(**each.title))
                for name, each in ready.parameters.items()
            ],
            filter=dict(template(ready.name).filter) if complete else None,
            ranking=ready.ranking,
            items=ready.items,
            plan=ready.plan,
        )


class ReadyAudiences(BaseModel):
    """The ready audiences, in the order in which people meet the shop."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"templates": [_TEMPLATE]}]})

    templates: list[ReadyAudience]


class SavedAudience(BaseModel):
    """One saved audience."""

    model_config = ConfigDict(json_schema_extra={"examples": [AUDIENCE_EXAMPLE]})

    name: str
    filter: dict[str, Any]
    note: str
    changed_at: datetime
    changed_by: str = Field(description="The id of the key that saved it, or command line.")

    @classmethod
    def of(cls, audience: Audience) -> SavedAudience:
        """The audience for people."""
        return cls(**vars(audience))


class SavedAudiences(BaseModel):
    """Saved audiences by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"total": 1, "audiences": [AUDIENCE_EXAMPLE]}]})

    total: int = Field(description="How many there are.")
    audiences: list[SavedAudience]


class DeletedAudience(BaseModel):
    """An audience that is gone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deleted": "tea lovers who wait"}]})

    deleted: str = Field(description="Its name, which is free again.")
