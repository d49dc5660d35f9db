"""What answers share that tell of an estimate: the figure, and how sure it is."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Interval(BaseModel):
    """A figure and its 95 % interval; people are what is independent."""

    value: float | None = Field(description="The figure; null where nothing was seen.")
    low: float | None = Field(description="Lower end; null where too little is known.")
    high: float | None = Field(description="Upper end; null where too little is known.")
