"""Ready audiences: for every question that shops ask, a filter with its usual numbers, which the asker may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.errors import HuitouError
from features.findings import cut
from serving.audiences.filters import parse_filter
from serving.audiences.language.said import Said, nearest
from serving.audiences.parts import Filter
from serving.audiences.ready import Ready, Words
from serving.audiences.ready_made.ready_templates import READY


@dataclass(frozen=True)
class Template:
    """A template with its parameters."""

    name: str
    """As requests write it."""
    title: Words
    """What people call it."""
    explanation: Words
    """Who is meant and what for, in a sentence."""
    parameters: Mapping[str, Any]
    """Its numbers and names, the usual ones included."""
    filter: Mapping[str, Any]
    """The filter as JSON."""
    ranking: str
    """In which order people stand where there is no uplift model, one of ``serving.lists.ranking.RANKINGS``."""
    items: str
    """Where the items come from: ``recommended``, ``open_cart``, ``open_favorite``, ``due_again`` or ``the_item``."""
    plan: str | None
    """The entry of the playbook that fits everybody in it, such as ``layer:lost``; None: each person's own."""

    @property
    def parsed(self) -> Filter:
        """The filter, read and checked."""
        return parse_filter(dict(self.filter))


def template(name: str, /, **parameters: Any) -> Template:
    """The ready audience of a name, some of its parameters changed.

    Raises :class:`HuitouError`, code ``unknown_template``, for a name that there is not, and code ``filter`` for a
    parameter that it does not have, that is missing, or that has a wrong value.
    """
    ready = ready_template(name)
    said = Said(parameters, "parameters")
    if parameters and not ready.parameters:
        raise HuitouError(
            f"{name} has no parameters; got {cut(', '.join(parameters))}.", code="filter", field="parameters"
        )
    said.only(ready.parameters)
    values = {
        key: parameter.read(said.part(key)) if key in parameters else parameter.usual
        for key, parameter in ready.parameters.items()
    }
    for key, value in values.items():
        if value is None:
            raise HuitouError(
                f"{name} needs the parameter {key}: {ready.parameters[key].title['en']}.",
                code="filter",
                field=f"parameters.{key}",
            )
    return Template(
        ready.name,
        ready.title,
        ready.explanation,
        values,
        ready.filter(values),
        ready.ranking,
        ready.items,
        ready.plan,
    )


def ready_template(name: str) -> Ready:
    """The template of a name before its parameters are known; raises for a name that there is not."""
    if name not in READY:
        hint = nearest(name, READY) or "huitou audience templates, or GET /v1/audiences/templates, lists them."
        raise HuitouError(
            f"template must be one of {', '.join(READY)}; got {str(name)[:100]!r}. {hint}",
            code="unknown_template",
            field="template",
            value=name,
            allowed=[*READY],
            hint=hint,
        )
    return READY[name]
