"""Whose request it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """The holder of a key."""

    key_id: str
    """The public part of the key; ``open`` where the service asks for none."""
    role: str
    """One of ``serving.access.roles.ROLES``."""


OPEN = Principal("open", "admin")
"""Whoever asks a service that nobody has made a key for, from its own machine."""
