"""A registry on an MLflow server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from features.errors import HuitouError
from training.versions.mlflow_environment import SHORT_QUESTION, environment


class ServerStore:
    """Where MLflow keeps runs and versions when a shop names a server: the same face as ``EmbeddedStore``."""

    is_empty = False
    """A server has to be asked."""

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")
        """The server's address."""
        if not _is_address(uri):
            raise HuitouError(
                f"the MLflow server's address must begin with http:// or https://; got {self.place!r}. "
                "Give it as http://127.0.0.1:5000, or none at all to keep models in the shop's folder.",
                field="tracking_uri",
                value=self.place,
            )

    @property
    def place(self) -> str:
        """Where it is, for people: without the password that an address may hold."""
        return re.sub(r"//.*@", "//", self.uri)

    def experiment(self, model: str) -> tuple[str, str | None]:
        """Name of the experiment that runs belong to; the server decides where artefacts lie."""
        return model, None

    def artifact(self, run_id: str, name: str) -> Path | None:
        """None: the artefacts of a server are fetched through it."""
        return None

    def open(self, connect: Callable[[str], Any]) -> Any:
        """What ``connect`` makes of the address, once the server has answered a short question.

        It must answer within five seconds, at the first try. Later requests may carry a bundle and get more.
        """
        client = connect(self.uri)
        with environment(SHORT_QUESTION):
            client.search_registered_models(max_results=1)
        return client

    def next_step(self, said: str) -> str:
        """What to do when MLflow fails with ``said``."""
        return "See that the MLflow server runs and lets you in, then try again."


def _is_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
