"""What the mover says of itself, for those who watch the service: a small file in the shop's folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime

from features.shop_folder import ShopFolder

FILE = "mover.json"


@dataclass(frozen=True)
class MoverState:
    """How the mover fares."""

    at: datetime
    """When it wrote this."""
    done_at: datetime | None
    """When everything that waited was last moved; None when that never was."""
    trouble: str | None
    """Why it could not, the last time it tried; None when it could."""

    def lag_s(self, now: datetime) -> float | None:
        """Seconds since everything that waited was last moved; None when that never was."""
        return None if self.done_at is None else max((now - self.done_at).total_seconds(), 0.0)

    @classmethod
    def read(cls, shop: ShopFolder) -> MoverState | None:
        """What the mover of ``shop`` said last; None when it never ran, or when that cannot be read."""
        try:
            said = json.loads((shop.path / FILE).read_text(encoding="utf-8"))
            done_at = None if said["done_at"] is None else datetime.fromisoformat(said["done_at"])
            return cls(datetime.fromisoformat(said["at"]), done_at, said["trouble"])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, shop: ShopFolder) -> None:
        """Replace what was said before; without waiting for the disk, for nothing depends on it."""
        beside = shop.path / f".{FILE}.new"
        beside.write_text(json.dumps(asdict(self), default=datetime.isoformat) + "\n", encoding="utf-8")
        os.replace(beside, shop.path / FILE)
