"""What a preview is asked for by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema, model_validator

from features.channels import CHANNELS
from features.findings import explained
from serving.audiences.filter_schema import FILTER_SCHEMA

MOST_OTHERS = 20
"""With so many others an audience is compared at once."""

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""What people call a template or an audience."""


class AudienceChoice(BaseModel):
    """People by a template, a saved audience or a filter."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    template: Name | None = Field(None, description="Name of a ready audience, such as open-cart.")
    parameters: dict[Name, Any] = Field({}, description="What the template is to use in place of its usual numbers.")
    audience: Name | None = Field(None, description="Name of a saved audience.")
    filter: Annotated[dict[str, Any] | None, WithJsonSchema({"anyOf": [FILTER_SCHEMA, {"type": "null"}]})] = None
    """A filter: docs/audiences.md."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if len(self._ways) != 1:
            raise ValueError(f"must have one of {', '.join(self._allowed)}")
        if self.parameters and self.template is None:
            raise ValueError("must name a template where there are parameters")
        return self

    @property
    def _allowed(self) -> tuple[str, ...]:
        return "filter", "audience", "template"

    @property
    def _ways(self) -> list[str]:
        return [name for name in self._allowed if getattr(self, name) is not None]


class OtherPeople(AudienceChoice):
    """Others, with whom the audience is compared."""

    list_id: Name | None = Field(None, description="Id of a frozen list.")

    @property
    def _allowed(self) -> tuple[str, ...]:
        return "filter", "audience", "template", "list_id"

    @property
    def label(self) -> str:
        """What they are called in the answer."""
        way = self._ways[0]
        return "filter" if way == "filter" else str(getattr(self, way))


class PreviewRequest(AudienceChoice):
    """An audience to look at before anybody is written to."""

    channel: Literal[CHANNELS] | None = Field(  # type: ignore[valid-type]
        None, description="How they would be written to; without it only what holds for all channels leaves people out."
    )
    control_share: float = Field(
        0.1, ge=0, le=0.9, allow_inf_nan=False, description="The share that would be left alone on purpose."
    )
    overlap_with: list[OtherPeople] = Field(
        [], max_length=MOST_OTHERS, description="Lists, audiences, templates or filters to compare it with."
    )

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> PreviewRequest:
        """The request that was said; raises :class:`HuitouError` with the first thing that is wrong."""
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            raise explained(error.errors(include_url=False)[0]) from None
