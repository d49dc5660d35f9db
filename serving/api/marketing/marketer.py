"""Who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from serving.access.principal import Principal


def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


Marketer = Annotated[Principal, Depends(_principal)]
"""The holder of the key, for routes that write down who did what."""
