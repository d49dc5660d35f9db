"""The panels of ``huitou --help``: which commands belong together, in the order in which a newcomer needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typer.core import TyperGroup

PANELS: Mapping[str, tuple[str, ...]] = {
    "Start here: from files to answers": ("demo", "init", "import", "train", "publish", "serve"),
    "How the shop is doing": (
        *("overview", "funnel", "cohorts", "habits", "best-sellers", "attention"),
        *("promotions", "alerts"),
    ),
    "Who the people are, and whom to write to": (
        *("layers", "flow", "clusters", "similar", "people"),
        *("playbook", "audience", "list", "lists"),
    ),
    "Writing to people, and what it brings": ("campaign", "uplift", "holdout", "care", "suppress"),
    "Items, and how recommendations do": ("related", "bundles", "rules", "results", "compare"),
    "Models, and how good they are": ("horizon", "backtest", "models", "snapshots"),
    "The service: keys and backups": ("keys", "contact-key", "audit", "backup", "restore", "erased"),
}
"""The commands of each panel. One that is in none is shown before them all, which a test forbids."""


class PanelledGroup(TyperGroup):
    """A group that shows its commands by :data:`PANELS`."""

    def __init__(self, **settings: Any) -> None:
        """A group with Typer's own ``settings``; raises ``KeyError`` when a panel names a command that is not there."""
        super().__init__(**settings)
        for panel, names in PANELS.items():
            for name in names:
                # Typer shows panels and commands in the order in which they come: what is put back is the last.
                command: Any = self.commands.pop(name)
                command.rich_help_panel = panel
                self.commands[name] = command
