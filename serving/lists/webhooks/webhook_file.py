"""The systems that lists may be sent to, as written in ``webhooks.json``: a request names one, and never an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator

from features.edited_file import EditedFile, FileKind, Part
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.lists.exporting.formats import GROUPS
from serving.lists.frozen.control_groups import TREATMENT
from training.recommend.reason_texts import LANGUAGES

WEBHOOKS_FILE = "webhooks.json"
"""Its name in the folder of the shop."""

SECRETS = "HUITOU_WEBHOOK_"
"""How the environment variables begin that secrets may be read from; no other variable can be named."""

_HERE = ("127.0.0.1", "localhost", "::1")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class Webhook(Part):
    """One system that lists may be sent to."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    """Where it listens: HTTPS, or HTTP on this very machine."""
    secret_env: Annotated[str, StringConstraints(pattern=rf"^{SECRETS}[A-Z0-9_]{{1,64}}$")]
    """The environment variable with the secret that each batch is signed with."""
    batch_rows: Annotated[int, Field(ge=1, le=5_000)] = 500
    """How many members one request holds."""
    columns: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)
    ] = []
    """Names of columns; empty for all but name, e-mail and telephone."""
    groups: Literal[GROUPS] = TREATMENT  # type: ignore[valid-type]
    """Which members are sent; who is left alone is nobody's business who writes to people."""
    language: Literal[LANGUAGES] | None = None  # type: ignore[valid-type]
    """The language of sentences; None for that of the list."""

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            port_is_right = parts.port is None or parts.port > 0
        except ValueError:
            raise ValueError("must be an address such as https://crm.example.com/huitou") from None
        if not (parts.hostname and port_is_right and url.isascii() and url.isprintable() and " " not in url):
            raise ValueError("must be an address such as https://crm.example.com/huitou")
        if parts.username is not None or parts.fragment:
            raise ValueError("must have neither a user nor a part after #")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("must begin with https://, or with http://127.0.0.1 for this very machine")
        return url


class WebhookFile(EditedFile):
    """The whole file; what stands in it is not repeated in errors, for an address may hold a password."""

    kind: ClassVar[FileKind] = FileKind(
        WEBHOOKS_FILE, holds="webhooks", code="broken_webhooks", most_bytes=1_000_000, repeats_values=False
    )

    webhooks: dict[Name, Webhook] = {}
    """The systems by name."""


def webhook_called(shop: ShopFolder, name: str) -> Webhook:
    """The webhook of a name; raises :class:`HuitouError` when the shop's file has none, or is wrong."""
    known = WebhookFile.in_folder(shop.path).webhooks
    if name not in known:
        raise HuitouError(
            f"webhook must be one of {', '.join(known) or f'(none is in {WEBHOOKS_FILE})'}; got {name[:100]!r}. "
            f"Write it into {WEBHOOKS_FILE} in the shop's folder first.",
            field="webhook",
            value=name,
            allowed=[*known],
        )
    return known[name]


def secret_of(webhook: Webhook, environment: Mapping[str, str]) -> bytes:
    """The secret of a webhook; raises :class:`HuitouError` when the environment has none."""
    secret = environment.get(webhook.secret_env, "")
    if len(secret) < 16:
        raise HuitouError(
            f"{webhook.secret_env} must hold a secret of at least 16 characters for the service and its commands. "
            "Set it, and try again.",
            code="webhook_secret",
            field=webhook.secret_env,
        )
    return secret.encode()
