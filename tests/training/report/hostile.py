"""A report in which every text that is not the program's own is an attack, and a reader of pages that sees it."""

from __future__ import annotations

import copy
from html.parser import HTMLParser
from typing import Any

ATTACK = '</script><script>alert("x")</script><img src="http://evil.example/x.png" onerror=alert(1)>'


def attacked(report: dict[str, Any]) -> dict[str, Any]:
    """A copy of a report with attacks for the currency, notes, reasons, and names of methods, features and concepts."""
    hostile = copy.deepcopy(report)
    hostile["notes"] = [ATTACK]
    for part in hostile.get("cutoffs", [hostile]):
        churn = part["churn"]
        churn["profit"]["currency"] = ATTACK
        churn["gate"]["reasons"] = [ATTACK]
        churn["dropped_baselines"] = {ATTACK: ATTACK}
        churn["methods"][ATTACK] = churn["methods"]["model"]
        for found in churn["drivers"].values():
            found["concepts"][0]["concept"] = ATTACK
        part["recommendations"]["models"][ATTACK] = part["recommendations"]["models"]["served"]
        part["recommendations"]["gate"]["reasons"] = [ATTACK]
    for comparison in hostile["drift"]["comparisons"]:
        comparison["features"][0]["feature"] = ATTACK
    return hostile


class PageReader(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and the texts of some of them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside.append(tag)
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append("")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._inside[-1] if self._inside else ""
        if inside in ("script", "style"):
            texts = self.scripts if inside == "script" else self.styles
            texts[-1] += data
        else:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]
