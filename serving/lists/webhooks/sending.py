"""One batch on its way to another system: signed, never redirected, and waited for no longer than a few seconds."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

LONGEST_WAIT_S = 20.0
"""An answer must begin within so long."""

SIGNATURE, MOMENT, IDEMPOTENCY = "Huitou-Signature", "Huitou-Timestamp", "Idempotency-Key"
"""Headers of each request."""


@dataclass(frozen=True)
class Batch:
    """Some members for one request."""

    delivery_id: str
    """The delivery."""
    first_place: int
    """The first of the places that it is of."""
    last_place: int
    """The last of them."""
    content: Mapping[str, Any]
    """The list, and the members."""

    @property
    def key(self) -> str:
        """The same whenever the batch is sent again: who got it already can pass it over."""
        return f"{self.delivery_id}-{self.first_place}"


class _NoRedirect(HTTPRedirectHandler):
    """A batch goes where the shop said, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> NoReturn:
        raise URLError("it answers with another address, which is not followed")


def signature(secret: bytes, moment: str, body: bytes) -> str:
    """HMAC-SHA256 of the moment, a full stop and the body, in hexadecimal digits."""
    return hmac.new(secret, moment.encode() + b"." + body, "sha256").hexdigest()


def send(url: str, secret: bytes, batch: Batch, now: datetime) -> str | None:
    """Why a batch did not arrive; None when it did: the other system answered with a status from 200 to 299."""
    body = json.dumps(batch.content, ensure_ascii=False, default=date.isoformat).encode()
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Huitou",
        MOMENT: moment,
        SIGNATURE: f"sha256={signature(secret, moment, body)}",
        IDEMPOTENCY: batch.key,
    }
    request = Request(url, body, headers, method="POST")  # noqa: S310 - only addresses that webhook_file let through
    # No proxy of the environment either: a list goes straight to where the shop said.
    opener = build_opener(_NoRedirect(), ProxyHandler({}))
    try:
        with opener.open(request, timeout=LONGEST_WAIT_S) as answer:
            answer.read(1)
    except HTTPError as error:
        error.close()
        return f"it answered {error.code}"
    except URLError as error:
        return f"it cannot be reached: {error.reason}"
    except (OSError, HTTPException) as error:
        return f"it cannot be reached: {type(error).__name__}"
    return None
