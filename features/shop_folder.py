"""Where everything of one shop lies, and its settings."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from features.errors import HuitouError
from features.writer_lock import writer_lock

# deltalake takes paths for addresses and reads these otherwise than they are written.
_NO_ADDRESS = re.compile(r"[\[\]\\^|\x00-\x1f\x7f]|%[0-9A-Fa-f]{2}")

LAYER_DAYS = ("fixed", "own_cycle")
"""What ``layer_days`` can be."""

UPPER_LIMITS = {
    "contact_cost": 1_000_000,
    "order_margin": 1,
    "contact_success_rate": 1,
    "shown_share": 1,
    "shown_per_second": 1_000_000,
    "shown_days": 3_650,
}
"""The most that some settings can be; the least is 0."""

PROMOTION_CALENDARS = ("chinese", "international")
"""The built-in calendars of sales and holidays."""


@dataclass(frozen=True)
class ShopSettings:
    """What a shop decides once; kept as ``shop.json`` in its folder."""

    timezone: str = "UTC"
    """IANA name of the shop's time zone; its days and hours are told in it."""
    currency: str = "CNY"
    """ISO 4217 code of the one currency that all money is in."""
    buckets: int = 16
    """Into how many buckets customers are split; fixed once events are stored."""
    new_within_days: int = 45
    """A customer whose only order is at most this old is new."""
    active_within_days: int = 90
    """A customer silent for less than this is active."""
    high_win_back_within_days: int = 180
    """Silent from active_within_days to this: high win-back."""
    lost_after_days: int = 360
    """Silent from high_win_back_within_days to this: low win-back; longer: lost."""
    layer_days: str = "fixed"
    """Which days divide the layers: the four above (``fixed``), or those of the shop's own gaps (``own_cycle``)."""
    horizon_days: int | None = None
    """How far ahead predictions look, in days, 1 to 3650; None: as the shop's own purchase gaps say."""
    set_aside: bool = True
    """Whether bots, resellers and test orders are recognised and set aside; who is said to be internal always is."""
    contact_cost: float = 1.0
    """What writing to one customer costs, in the shop's currency: the message, and the voucher in the mean."""
    order_margin: float = 0.3
    """The share of net spend that the shop earns, 0 to 1."""
    contact_success_rate: float = 0.05
    """The share of those about to leave whom a message brings back, 0 to 1; better known after a measured campaign."""
    shown_share: float = 1.0
    """The share of answers that are remembered as shown, 0 to 1; an answer that explores always is."""
    shown_per_second: float = 50.0
    """So many answers a second are remembered at most by each worker; of more, a sample."""
    shown_days: int = 90
    """For so many days what was shown, and what followed from it, is remembered."""
    phone_region: str | None = None
    """The country (ISO 3166, such as CN) of telephone numbers without a country code; None: that of the time zone."""
    promotion_calendars: tuple[str, ...] | None = None
    """Which of ``PROMOTION_CALENDARS`` hold; None: as time zone and currency say (docs/promotions.md)."""

    def checked(self) -> ShopSettings:
        """These settings; raises :class:`HuitouError` when a value makes no sense."""
        for name, default in asdict(ShopSettings()).items():
            value = getattr(self, name)
            if default is None:
                continue  # a setting that may be left open has a check of its own
            if type(value) is not type(default) and not (isinstance(default, float) and type(value) is int):
                kind = {int: "a whole number", float: "a number", bool: "true or false"}.get(type(default), "text")
                raise HuitouError(
                    f"{name} must be {kind}; got {value!r}. Mend it in shop.json.", field=name, value=value
                )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise HuitouError(
                f"timezone must be an IANA name; got {self.timezone!r}. Use for example Asia/Shanghai or UTC.",
                field="timezone",
                value=self.timezone,
            ) from None
        if not 1 <= self.buckets <= 1024:
            raise HuitouError(
                f"buckets must be between 1 and 1024; got {self.buckets}. Use 16, or 64 for a large shop.",
                field="buckets",
                value=self.buckets,
            )
        for name, most in UPPER_LIMITS.items():
            if not 0 <= getattr(self, name) <= most:
                raise HuitouError(
                    f"{name} must be between 0 and {most:,}; got {getattr(self, name)!r}. Mend it in shop.json.",
                    field=name,
                    value=getattr(self, name),
                )
        _check_horizon(self.horizon_days)
        _check_region(self.phone_region)
        _check_calendars(self.promotion_calendars)
        if self.layer_days not in LAYER_DAYS:
            raise HuitouError(
                f"layer_days must be one of {', '.join(LAYER_DAYS)}; got {self.layer_days!r}. Mend it in shop.json.",
                field="layer_days",
                value=self.layer_days,
                allowed=list(LAYER_DAYS),
            )
        limits = (
            self.new_within_days,
            self.active_within_days,
            self.high_win_back_within_days,
            self.lost_after_days,
        )
        if not all(a < b for a, b in zip((0, *limits), limits, strict=False)):
            raise HuitouError(
                f"the layers' days must rise (new < active < high win-back < lost); got {limits}. "
                "Mend them in shop.json.",
                field="lost_after_days",
                value=list(limits),
            )
        return self


class ShopFolder:
    """The folder of one shop: paths, settings, and the lock that writers hold."""

    def __init__(self, path: Path, settings: ShopSettings) -> None:
        self.path = path
        self.settings = settings

    @classmethod
    def open(cls, path: Path | str) -> ShopFolder:
        """The shop in ``path``; raises :class:`HuitouError` when there is none."""
        path = _usable(Path(path))
        file = path / "shop.json"
        if not file.is_file():
            raise HuitouError(
                f"there is no shop in {path} (no shop.json). Import events first, or name its folder with --shop.",
                code="no_shop",
                field="shop",
                value=str(path),
            )
        known = {field.name for field in fields(ShopSettings)}
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            settings = ShopSettings(**{name: _frozen(value) for name, value in said.items() if name in known})
        except (ValueError, TypeError, AttributeError) as error:
            raise HuitouError(
                f"{file} must be a JSON object of shop settings; {error}. Mend or restore it.",
                code="broken_settings",
                field="shop",
                value=str(file),
            ) from None
        return cls(path, settings.checked())

    @classmethod
    def create(cls, path: Path | str, settings: ShopSettings | None = None) -> ShopFolder:
        """The shop in ``path``, made with ``settings`` when there is none yet."""
        path = _usable(Path(path))
        if (path / "shop.json").is_file():
            return cls.open(path)
        settings = (settings or ShopSettings()).checked()
        path.mkdir(parents=True, exist_ok=True)
        replace_text(path / "shop.json", json.dumps(asdict(settings), indent=2) + "\n")
        return cls(path, settings)

    @property
    def warehouse(self) -> Path:
        """Delta tables of events, items and customers."""
        return self.path / "warehouse"

    @property
    def staging(self) -> Path:
        """Half-done imports; emptied by the next one."""
        return self.path / "staging"

    @property
    def rejected(self) -> Path:
        """Rows that were not taken, with the reason."""
        return self.path / "rejected"

    @property
    def registry(self) -> Path:
        """The embedded MLflow store: its database and artefacts."""
        return self.path / "mlflow"

    @property
    def bundles(self) -> Path:
        """Trained bundles on their way to the registry, and those fetched from it."""
        return self.path / "bundles"

    @property
    def snapshots(self) -> Path:
        """Published snapshots and the pointer to the current one."""
        return self.path / "snapshots"

    @property
    def database(self) -> Path:
        """The SQLite file of what people decide and of fresh events."""
        return self.path / "huitou.db"

    @contextmanager
    def writing(self, *, briefly: bool = False) -> Iterator[None]:
        """Hold the shop's writer lock; it is released by the system even when the process is killed.

        Who writes ``briefly`` is waited for; while somebody else writes for longer it raises :class:`HuitouError`.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with writer_lock(self.path / ".writer.lock", briefly=briefly) as held:
            if not held:
                raise HuitouError(
                    f"another process is writing to the shop in {self.path}. Wait until it has finished.",
                    code="busy",
                    field="shop",
                    value=str(self.path),
                )
            yield


def _check_horizon(days: int | None) -> None:
    if days is not None and not (type(days) is int and 1 <= days <= 3650):
        raise HuitouError(
            f"horizon_days must be null or a whole number from 1 to 3650; got {days!r}. "
            "Mend it in shop.json; null stands for the shop's own.",
            field="horizon_days",
            value=days,
        )


def _check_region(region: str | None) -> None:
    if region is not None and not (isinstance(region, str) and re.fullmatch(r"[A-Z]{2}", region)):
        raise HuitouError(
            f"phone_region must be null or two capital letters (ISO 3166); got {region!r}. "
            "Mend it in shop.json; null stands for the country of the time zone.",
            field="phone_region",
            value=region,
        )


def _check_calendars(said: tuple[str, ...] | None) -> None:
    if said is not None and not (isinstance(said, tuple) and all(name in PROMOTION_CALENDARS for name in said)):
        raise HuitouError(
            f"promotion_calendars must be null or a list of {' and '.join(PROMOTION_CALENDARS)}; got {said!r}. "
            "Mend it in shop.json; null stands for what time zone and currency say.",
            field="promotion_calendars",
            value=list(said) if isinstance(said, tuple) else said,
            allowed=list(PROMOTION_CALENDARS),
        )


def _frozen(value: Any) -> Any:
    """A list as a tuple, so that settings cannot change."""
    return tuple(value) if isinstance(value, list) else value


def _usable(path: Path) -> Path:
    """The path, when the warehouse can be addressed by it."""
    found = _NO_ADDRESS.search(str(path.absolute()))
    if found:
        raise HuitouError(
            f"the folder of a shop must not have {found.group()!r} in its path; got {str(path)!r}. "
            "Choose another place for it.",
            code="bad_path",
            field="shop",
            value=str(path),
        )
    return path


def replace_text(file: Path, text: str) -> None:
    """Write ``text`` to ``file`` so that a reader sees the old or the new text, even after a crash."""
    beside = file.with_name(f".{file.name}.new")
    with open(beside, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(beside, file)
