"""Qixi, the seventh day of the seventh lunar month, which the library of holidays does not know."""

from __future__ import annotations

from datetime import date

FIRST_YEAR = 1990
"""The year of the first entry below."""

_MONTH_AND_DAY = (
    "0826 0816 0805 0824 0813 0802 0820 0809 0828 0817",
    "0806 0825 0815 0804 0822 0811 0731 0819 0807 0826",
    "0816 0806 0823 0813 0802 0820 0809 0828 0817 0807",
    "0825 0814 0804 0822 0810 0829 0819 0808 0826 0816",
    "0805 0824 0812 0801 0820 0810 0828 0817 0807 0826",
    "0814 0803 0822 0811 0731 0819 0808 0827 0816 0805",
    "0823 0812 0801 0820 0810 0829 0817 0806 0825 0814",
    "0802 0821 0811 0801 0819 0808 0827 0816 0804 0823",
    "0812 0802 0820 0810 0828 0818 0806 0824 0814 0803",
    "0821 0811 0731 0819 0808 0826 0815 0805 0823 0812",
    "0802 0821 0809 0828 0817 0806 0824 0813 0803 0822",
)
"""Ten years a line, as lunar almanacs print them; each is the seventh day from its new moon in China's time."""


def qixi(year: int) -> date | None:
    """The day of Qixi in a year; None outside 1990 to 2099."""
    row, column = divmod(year - FIRST_YEAR, 10)
    if not 0 <= row < len(_MONTH_AND_DAY):
        return None
    said = _MONTH_AND_DAY[row].split()[column]
    return date(year, int(said[:2]), int(said[2:]))
