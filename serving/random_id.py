"""The ids of what is made here: answers, events, lists, deliveries, campaigns."""

from __future__ import annotations

import os


def random_id() -> str:
    """128 random bits as 32 hexadecimal digits: nobody can guess one, and no two are the same."""
    return os.urandom(16).hex()
