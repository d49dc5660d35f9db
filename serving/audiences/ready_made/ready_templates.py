"""The ready audiences by name, in the order in which people meet the shop."""

from __future__ import annotations

from collections.abc import Mapping

from serving.audiences.ready import Ready
from serving.audiences.ready_made.before_ordering import BEFORE_ORDERING
from serving.audiences.ready_made.interests import INTERESTS
from serving.audiences.ready_made.leaving import LEAVING
from serving.audiences.ready_made.staying import STAYING

READY: Mapping[str, Ready] = {each.name: each for each in (*BEFORE_ORDERING, *STAYING, *LEAVING, *INTERESTS)}
"""The templates by name."""
