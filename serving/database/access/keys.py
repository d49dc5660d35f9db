"""The keys of the API: made, listed, given a new secret, revoked."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.access.origins import checked_origin
from serving.access.rate_limit import slot_of
from serving.access.roles import PER_MINUTE, ROLES
from serving.database.connection import told
from serving.database.tables import API_KEYS

RandomBytes = Callable[[int], bytes]
"""Gives so many bytes that nobody can guess, as ``os.urandom`` does."""

MOST_KEYS = 10_000
"""Keys that a shop can make, revoked ones included: each has a place of its own in the memory of the limits."""

MOST_PER_MINUTE = 100_000_000
LONGEST_NAME = 200
SECRET_BYTES = 32

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class NewKey:
    """What a new key is to be."""

    role: str
    """One of ``ROLES``."""
    name: str
    """What people call it: who holds it."""
    per_minute: int | None = None
    """Requests it may make in a minute; None for what is usual for the role."""
    origins: Sequence[str] = ()
    """Origins of the pages that may use it; keys of the role ``browser`` have at least one, others none."""
    expires_at: datetime | None = None
    """From when on it is worth nothing; None for never."""


@dataclass(frozen=True)
class ApiKey:
    """A key as it is kept."""

    key_id: str
    """Its public part."""
    role: str
    name: str
    secret_hash: str
    """SHA-256 of the secret, hexadecimal."""
    per_minute: int
    """Requests it may make in a minute."""
    origins: tuple[str, ...]
    """Origins of the pages that may use it."""
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"


@dataclass(frozen=True)
class MadeKey:
    """A key together with its secret, which is not kept anywhere."""

    key: ApiKey
    text: str
    """The whole key, ``hk_<key_id>_<secret>``, to be shown once."""


class ApiKeys:
    """The keys of one shop.

    Of a secret only its SHA-256 is kept. A slow hash with salt, as for passwords, would add nothing: the secret is 256
    random bits, which cannot be guessed from a hash however fast it is, and no two are alike; but it would cost each
    request a hundred milliseconds instead of half a microsecond.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def make(self, asked: NewKey, now: datetime, random_bytes: RandomBytes) -> MadeKey:
        """Make a key; raises :class:`HuitouError` when what is asked for makes no sense."""
        wanted = _checked(asked, now)
        secret = _secret(random_bytes)
        with told(), self._engine.begin() as connection:
            key_id = _free_id(connection, random_bytes)
            row = {
                "key_id": key_id,
                "name": wanted.name,
                "role": wanted.role,
                "secret_hash": sha256(secret.encode()).hexdigest(),
                "per_minute": wanted.per_minute,
                "origins": json.dumps(wanted.origins),
                "created_us": microseconds(now),
                "expires_us": None if wanted.expires_at is None else microseconds(wanted.expires_at),
            }
            connection.execute(insert(API_KEYS).values(row))
        return MadeKey(self.get(key_id), _text(key_id, secret))

    def list(self) -> list[ApiKey]:
        """All keys ever made, the oldest first."""
        with told(), self._reader.connect() as connection:
            found = connection.execute(select(API_KEYS).order_by(API_KEYS.c.created_us, API_KEYS.c.key_id))
            return [_key(row) for row in found]

    def get(self, key_id: str) -> ApiKey:
        """One key; raises :class:`HuitouError` (``unknown_key``) when there is none of this id."""
        with told(), self._reader.connect() as connection:
            row = connection.execute(select(API_KEYS).where(API_KEYS.c.key_id == key_id)).one_or_none()
        if row is None:
            raise _unknown(key_id)
        return _key(row)

    def revoke(self, key_id: str, now: datetime) -> ApiKey:
        """Make a key worthless, within a second also to running services; it stays listed. Twice changes nothing."""
        is_it = (API_KEYS.c.key_id == key_id) & API_KEYS.c.revoked_us.is_(None)
        with told(), self._engine.begin() as connection:
            connection.execute(update(API_KEYS).where(is_it).values(revoked_us=microseconds(now)))
        return self.get(key_id)

    def rotate(self, key_id: str, now: datetime, random_bytes: RandomBytes) -> MadeKey:
        """Give a valid key a new secret; the old one is worthless within a second."""
        key = self.get(key_id)
        if key.state(now) != "valid":
            raise HuitouError(
                f"only a valid key can get a new secret; {key_id} is {key.state(now)}. Make a new key.",
                field="key_id",
                value=key_id,
            )
        secret = _secret(random_bytes)
        is_it = (API_KEYS.c.key_id == key_id) & API_KEYS.c.revoked_us.is_(None)
        with told(), self._engine.begin() as connection:
            connection.execute(update(API_KEYS).where(is_it).values(secret_hash=sha256(secret.encode()).hexdigest()))
        return MadeKey(self.get(key_id), _text(key_id, secret))


def _checked(asked: NewKey, now: datetime) -> NewKey:
    """What is asked for in one form; raises where it makes no sense."""
    name = " ".join(asked.name.split())
    if asked.role not in ROLES:
        raise _wrong("role", asked.role, f"one of {', '.join(ROLES)}", [*ROLES])
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise _wrong("name", asked.name[:LONGEST_NAME], f"a text of 1 to {LONGEST_NAME} letters")
    per_minute = PER_MINUTE[asked.role] if asked.per_minute is None else asked.per_minute
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise _wrong("per_minute", per_minute, f"between 1 and {MOST_PER_MINUTE:,}")
    if asked.expires_at is not None and asked.expires_at <= now:
        raise _wrong("expires", str(asked.expires_at), "in the future")
    origins = tuple(dict.fromkeys(checked_origin(origin) for origin in asked.origins))
    if bool(origins) != (asked.role == "browser"):
        raise _wrong("origin", ", ".join(origins) or "none", "given for the role browser, and for no other")
    return NewKey(asked.role, name, per_minute, origins, asked.expires_at)


def _wrong(field: str, value: Any, rule: str, allowed: Sequence[str] | None = None) -> HuitouError:
    return HuitouError(
        f"{field} of a key must be {rule}; got {value!r}. Make the key with another one.",
        field=field,
        value=value,
        allowed=allowed,
    )


def _unknown(key_id: str) -> HuitouError:
    return HuitouError(
        f"there is no key {key_id[:80]!r}. huitou keys list tells the ids.",
        code="unknown_key",
        field="key_id",
        value=key_id[:80],
        hint="huitou keys list",
    )


def _free_id(connection: Connection, random_bytes: RandomBytes) -> str:
    """A new id whose place in the memory of the limits no other key has."""
    taken = {slot_of(key_id) for key_id in connection.execute(select(API_KEYS.c.key_id)).scalars()}
    if len(taken) >= MOST_KEYS:
        raise HuitouError(f"a shop can make {MOST_KEYS:,} keys, and all are made. Give old ones a new secret.")
    while True:
        key_id = random_bytes(6).hex()
        if slot_of(key_id) not in taken:
            return key_id


def _secret(random_bytes: RandomBytes) -> str:
    return urlsafe_b64encode(random_bytes(SECRET_BYTES)).decode().rstrip("=")


def _text(key_id: str, secret: str) -> str:
    return f"hk_{key_id}_{secret}"


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        role=row.role,
        name=row.name,
        secret_hash=row.secret_hash,
        per_minute=row.per_minute,
        origins=tuple(json.loads(row.origins)),
        created_at=moment_of(row.created_us),
        expires_at=None if row.expires_us is None else moment_of(row.expires_us),
        revoked_at=None if row.revoked_us is None else moment_of(row.revoked_us),
    )
