"""What tests of the command line share: an empty MLflow store, and a small shop that has everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from tests.command_line.command import done, new_shop, written
from training.gate import Gate
from training.registry import Registry
