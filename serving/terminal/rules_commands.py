"""The commands about the shop's own rules: ``huitou rules check|show``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What reads the rules is loaded when a command runs.
    from serving.arranging.rules import ArrangeRules, Rule, Selection


def rules_commands(clock: Callable[[], datetime], console: Console) -> typer.Typer:
    """The group of commands about rules; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="The shop's own rules: items pinned, boosted or hidden.", no_args_is_help=True)

    @group.command()
    def check(shop: Shop = SHOP) -> None:
        """Say whether arrange.json can be used, and which of its names nothing in the served snapshot has."""
        folder = ShopFolder.open(shop)
        rules = _rules(folder)
        console.print(f"{_counted(len(rules.rules), 'rule')} can be used", markup=False)
        for sentence in _unknown(folder, rules):
            console.print(f"mind: {sentence}", markup=False)

    @group.command()
    def show(shop: Shop = SHOP) -> None:
        """Print how answers are arranged, and every rule with whether it holds today."""
        from features.moments import local_date

        folder = ShopFolder.open(shop)
        rules = _rules(folder)
        today = local_date(clock(), folder.settings.timezone)
        usual = {"(all)": rules.usual} | rules.placements
        rows = [(name, each.diversity, each.price_respect, each.exploration) for name, each in usual.items()]
        show_table(
            console, "How answers are arranged", ("placement", "diversity", "price respect", "exploration"), rows
        )
        if rules.rules:
            titles = ("rule", "today", "when", "what it does")
            rows_of_rules = [(rule.name, _today(rule, today), _when(rule), _what(rule)) for rule in rules.rules]
            show_table(console, "Rules", titles, rows_of_rules)

    return group


def _rules(folder: ShopFolder) -> ArrangeRules:
    """The shop's rules; raises where it has written none, or with what is wrong."""
    from serving.arranging.rules import RULES_FILE, ArrangeRules

    file = folder.path / RULES_FILE
    if not file.exists():
        raise HuitouError(f"there are no rules: {file} is not there. docs/arranging.md says how to write it.")
    return ArrangeRules.in_folder(folder.path)


def _unknown(folder: ShopFolder, rules: ArrangeRules) -> list[str]:
    """What the rules name that the served snapshot does not know; nothing is told before the first publish."""
    from serving.arranging.shelf_rules import unknown_names
    from serving.snapshot import Snapshot

    try:
        snapshot = Snapshot.open_current(folder)
    except HuitouError as error:
        return [f"names were not looked up: {error.message}"]
    return unknown_names(rules, snapshot.shelf)


def _today(rule: Rule, today: date) -> str:
    if rule.first_day is not None and today < rule.first_day:
        return "not yet"
    return "over" if rule.last_day is not None and today > rule.last_day else "holds"


def _when(rule: Rule) -> str:
    """The conditions of a rule in words."""
    said = {"placement": rule.placement, "page": rule.page_category, "layer": rule.layer, "kind": rule.kind}
    parts = [f"{name} {' or '.join(values)}" for name, values in said.items() if values]
    parts += [f"{name} {day}" for name, day in (("from", rule.first_day), ("until", rule.last_day)) if day is not None]
    return ", ".join(parts) or "always"


def _what(rule: Rule) -> str:
    """What a rule does in words."""
    parts = [f"pins {pin.item} at {pin.place}" for pin in rule.pin]
    parts += [f"{', '.join(_names(boost))} x {boost.factor:g}" for boost in rule.boost]
    parts += [f"hides {name}" for name in _names(rule.hide)]
    return "; ".join(parts)


def _names(selection: Selection) -> Iterator[str]:
    yield from selection.item
    yield from (f"category {name}" for name in selection.category)
    yield from (f"brand {name}" for name in selection.brand)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
