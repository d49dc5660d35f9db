"""How long work tells what it is doing; the terminal and the tests each listen in their own way."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""

Doing = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""

Said = Callable[[str], None]
"""Called with what is being done."""
