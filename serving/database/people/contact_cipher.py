"""Encryption of contact details at rest: AES-256-GCM, bound to the customer, with keys that can be changed.

A text that was encrypted names its key by a fingerprint, so that a missing key is told from a damaged text. See NIST
SP 800-38D; a key is good for some four thousand million texts with random nonces.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from features.errors import HuitouError

SETTING = "HUITOU_CONTACT_KEY"
"""The environment variable with the keys, separated by commas: the first encrypts, all decrypt."""

_KEY_BYTES, _NONCE_BYTES = 32, 12


def new_key() -> str:
    """A new key as text; it must be kept where no backup of the database is."""
    return urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


@dataclass(frozen=True)
class _Key:
    fingerprint: str
    cipher: AESGCM

    @classmethod
    def read(cls, text: str) -> _Key:
        try:
            key = urlsafe_b64decode(text.encode())
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise HuitouError(
                f"{SETTING} must hold keys of {_KEY_BYTES} bytes in base64, separated by commas; one of them is not. "
                "Make one with: huitou contact-key",
                code="contact_key",
                field=SETTING,
            )
        return cls(blake2b(key, digest_size=4, person=b"huitou key").hexdigest(), AESGCM(key))


class ContactCipher:
    """Encrypts with the newest key, decrypts with all of them; without a key nothing is encrypted."""

    def __init__(self, keys: str | None) -> None:
        """``keys`` is the value of ``HUITOU_CONTACT_KEY``; raises :class:`HuitouError` when it is not one of keys."""
        self._keys = [_Key.read(text.strip()) for text in (keys or "").split(",") if text.strip()]

    @property
    def encrypts(self) -> bool:
        """Whether there is a key."""
        return bool(self._keys)

    def encrypted(self, text: str, customer_id: str) -> str:
        """The text for this customer alone: copied to another one it cannot be read."""
        key, nonce = self._keys[0], secrets.token_bytes(_NONCE_BYTES)
        sealed = key.cipher.encrypt(nonce, text.encode(), customer_id.encode())
        return f"{key.fingerprint}:{urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypted(self, text: str, customer_id: str) -> str:
        """The text again; raises :class:`HuitouError` when its key is missing, or it was changed."""
        fingerprint, _, sealed = text.partition(":")
        key = next((key for key in self._keys if key.fingerprint == fingerprint), None)
        if key is None:
            held = f"holds {len(self._keys)} other" if self._keys else "is not set"
            raise HuitouError(
                f"the contact details were encrypted with key {fingerprint}, and {SETTING} {held}. "
                "Add that key; nothing is lost.",
                code="contact_key",
                field=SETTING,
            )
        try:
            whole = urlsafe_b64decode(sealed.encode())
            return key.cipher.decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], customer_id.encode()).decode()
        except (InvalidTag, ValueError):
            raise HuitouError(
                "the contact details were changed by something else than Huitou and cannot be read. "
                "Restore them from a backup, or send them again.",
                code="contact_key",
            ) from None
