"""The query parameters of a route: others are refused, since passing them over would answer another question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Cookie, Header, Path
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams

from features.errors import HuitouError
from features.findings import cut


class KnownParameters:
    """The names that a route takes in its query, found once."""

    def __init__(self, route: APIRoute) -> None:
        self._route = f"{'/'.join(sorted(route.methods or ()))} {route.path_format}"
        self._takes_several = {
            field.alias: _is_list(field.field_info.annotation)
            for field in get_flat_params(route.dependant)
            if not isinstance(field.field_info, Path | Header | Cookie)
        }

    def check(self, query: QueryParams) -> None:
        """Raise :class:`HuitouError` for a name that the route does not know, and for one value said several times."""
        for name in query:
            if name not in self._takes_several:
                raise self._unknown(name)
        if len(query) == len(query.multi_items()):
            return
        for name in query:
            if not self._takes_several[name] and len(query.getlist(name)) > 1:
                raise _repeated(name, query.getlist(name))

    def _unknown(self, name: str) -> HuitouError:
        told, known = cut(name), list(self._takes_several)
        if known:
            rule = f"a query parameter of {self._route} must be one of {', '.join(known)}"
            step = "Correct its name, or leave it out."
        else:
            rule, step = f"{self._route} takes no query parameters", "Leave it out."
        return HuitouError(f"{rule}; got {told!r}. {step}", field=told, value=told, allowed=known)


def _is_list(annotation: Any) -> bool:
    origins = (get_origin(part) for part in (annotation, *get_args(annotation)))
    return any(isinstance(origin, type) and issubclass(origin, Sequence) for origin in origins)


def _repeated(name: str, values: Sequence[str]) -> HuitouError:
    message = f"{name} must be given once; got it {len(values):,} times. Leave out all but one."
    return HuitouError(message, field=name, value=values)
