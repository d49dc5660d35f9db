"""Which version serves, which served before it, and which was tried last."""

from __future__ import annotations

from typing import Any

from features.errors import HuitouError
from training.versions.version import CHALLENGER, CHAMPION, PREVIOUS


class Aliases:
    """The aliases of one registered model, moved one after another through MLflow's ``client``.

    The order of the moves is chosen so that there is a champion whenever they are cut short.
    """

    def __init__(self, client: Any, model: str) -> None:
        self._client = client
        self._model = model

    def holders(self) -> dict[str, int]:
        """The version's number for each alias that is set."""
        models = self._client.search_registered_models(f"name='{self._model}'")
        return {alias: int(number) for model in models for alias, number in model.aliases.items()}

    def challenge(self, number: int) -> None:
        """Let version ``number`` be the challenger."""
        self._set(CHALLENGER, number)

    def promote(self, number: int) -> None:
        """Let version ``number`` be the champion, the champion until now ``previous``.

        ``previous`` is set first, so that a second try completes a move that was cut short.
        """
        holders = self.holders()
        former = holders.get(CHAMPION)
        if former != number:
            if former is not None:
                self._set(PREVIOUS, former)
            self._set(CHAMPION, number)
        if holders.get(CHALLENGER) == number:
            self._client.delete_registered_model_alias(self._model, CHALLENGER)

    def roll_back(self) -> int:
        """Let champion and ``previous`` change places; the number of the new champion.

        ``champion`` is set first: cut short, it is the one asked for, and no longer known as ``previous``.
        Raises :class:`HuitouError` when there is no champion, or no other version served before it.
        """
        holders = self.holders()
        former, back = holders.get(CHAMPION), holders.get(PREVIOUS)
        if former is None:
            raise HuitouError(
                "rolling back needs a champion; no version is one. Promote a version by its number.",
                code="no_champion",
            )
        if back is None or back == former:
            raise HuitouError(
                f"rolling back needs a version that served before version {former}; none is known. "
                "Promote another version by its number.",
                code="no_previous",
                value=former,
            )
        self._set(CHAMPION, back)
        self._set(PREVIOUS, former)
        return back

    def _set(self, alias: str, number: int) -> None:
        self._client.set_registered_model_alias(self._model, alias, str(number))
