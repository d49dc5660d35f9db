"""Which route a path means, found before any framework looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ANY = "{}"

_Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the application."""

    template: str
    """Its path, with a name in braces such as ``{id}`` for an id: what logs and metrics call it."""
    roles: Mapping[str, frozenset[str]]
    """Who may use it, by method."""

    @property
    def methods(self) -> str:
        """Its methods as the header ``Allow`` tells them."""
        return ", ".join(sorted(self.roles))


class Routes:
    """A table of templates; a path is found in about a microsecond."""

    def __init__(self, allowed: Mapping[str, Mapping[str, frozenset[str]]]) -> None:
        routes = [Route(template, roles) for template, roles in allowed.items()]
        self._exact = {route.template: route for route in routes if "{" not in route.template}
        self.plain = {template.encode(): route for template, route in self._exact.items()}
        """The routes without an id, by their path as it comes over the wire."""
        self._by_shape: dict[int, dict[_Shape, dict[tuple[str, ...], Route]]] = {}
        for route in routes:
            segments = [_ANY if segment.startswith("{") else segment for segment in route.template.split("/")]
            shape = tuple(place for place, segment in enumerate(segments) if segment == _ANY)
            if shape:
                self._by_shape.setdefault(len(segments), {}).setdefault(shape, {})[tuple(segments)] = route

    def find(self, path: str) -> Route | None:
        """The route of a path whose segments are percent-encoded, so that no id holds a slash; None: there is none."""
        found = self._exact.get(path)
        if found is not None:
            return found
        segments = path.split("/")
        for shape, routes in self._by_shape.get(len(segments), {}).items():
            named = segments.copy()
            for place in shape:
                named[place] = _ANY
            found = routes.get(tuple(named))
            if found is not None:
                return found
        return None
