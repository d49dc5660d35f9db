"""What the figures of several cutoffs come to: mean and range of every metric of every method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]
"""Metrics by name, each ``{"value", "low", "high"}`` or without a value."""


def parts_of(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The report of each cutoff, oldest first; a backtest at one cutoff is its own only part."""
    return list(report.get("cutoffs", [report]))


def summary(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mean and range over the cutoffs: ``{"churn": {method: {group: {metric: {"mean", "least", "most", "cutoffs"}}}},
    "visitors": {method: {...}}, "outlook": {method: {...}}, "recommendations": {method: {...}}}``; ``cutoffs`` counts
    those that have a value. Of the outlook there are the totals over what came, ``orders_ratio`` and
    ``net_spend_ratio``."""
    churn = [part["churn"]["methods"] for part in parts]
    methods = _names(churn)
    return {
        "churn": {
            method: {
                group: _spread([found[method][group]["metrics"] for found in churn if method in found])
                for group in _names([found[method] for found in churn if method in found])
            }
            for method in methods
        },
        "visitors": _by_method([_everyone(part["visitors"]["methods"]) for part in parts]),
        "outlook": _by_method([_ratios(part["outlook"]["value"]["all"]["methods"]) for part in parts]),
        "recommendations": _by_method([part["recommendations"]["models"] for part in parts]),
    }


def _everyone(methods: Mapping[str, Any]) -> dict[str, Figures]:
    return {method: groups["all"]["metrics"] for method, groups in methods.items()}


def _ratios(methods: Mapping[str, Any]) -> dict[str, Figures]:
    names = ("orders_ratio", "net_spend_ratio")
    return {method: {name: {"value": found[name]} for name in names} for method, found in methods.items()}


def _by_method(parts: Sequence[Mapping[str, Figures]]) -> dict[str, Any]:
    return {method: _spread([part[method] for part in parts if method in part]) for method in _names(parts)}


def _spread(figures: Sequence[Figures]) -> dict[str, Any]:
    """Mean, least and most of each metric over those that have a value."""
    told: dict[str, Any] = {}
    for metric in _names(figures):
        values = [found[metric]["value"] for found in figures if metric in found]
        known = [value for value in values if value is not None]
        if known:
            mean = sum(known) / len(known)
            told[metric] = {"mean": mean, "least": min(known), "most": max(known), "cutoffs": len(known)}
    return told


def _names(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every key, in the order in which it first comes."""
    return list(dict.fromkeys(name for part in parts for name in part))
