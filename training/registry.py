"""Runs, versions and aliases in MLflow; the only file that knows mlflow.

A version is a plain bundle folder. Three aliases say what it is for: ``champion`` serves, ``previous`` served
before it, ``challenger`` is the newest one unless it has become the champion. MLflow takes seconds to import
and open, so this waits until it is needed; a shop in which nothing was recorded is answered without it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from training.gate import Gate
from training.versions import mlflow_environment
from training.versions.aliases import Aliases
from training.versions.embedded_store import EmbeddedStore
from training.versions.run_record import RunRecord, cut, gate_of, own_name
from training.versions.server_store import ServerStore
from training.versions.version import CHAMPION, Version
from training.versions.whole_folder import whole_folder


class Registry:
    """The versions of one shop: in its own folder, or on the MLflow server at ``tracking_uri``.

    ``model`` is the registered model's name; shops that share a server need one name each.
    """

    def __init__(self, shop: ShopFolder, tracking_uri: str | None = None, *, model: str = "huitou") -> None:
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", model):
            raise HuitouError(
                f"a registered model's name must be 1 to 100 of the signs A-Z a-z 0-9 _ . -; got {model!r}. "
                "Use for example huitou-outlet.",
                field="model",
                value=model,
            )
        self._model = model
        self._store = ServerStore(tracking_uri) if tracking_uri else EmbeddedStore(shop.registry)
        self._opened: Any = None

    def record(
        self,
        bundle: Path,
        *,
        params: Mapping[str, Any],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        gate: Gate,
        artifacts: Path | None = None,
    ) -> Version:
        """The new version that holds ``bundle``: the champion when ``gate`` has passed, else the challenger.

        The run keeps the bundle as ``bundle/``, the files of ``artifacts`` as ``reports/``, and parameters,
        metrics, tags and verdict as ``record.json``. What MLflow does not take (figures that are not finite,
        very long texts) is in that file only. All is kept before the version is registered, and the version
        before an alias moves. Raises :class:`HuitouError` when there is no bundle or it cannot be kept.
        """
        if not bundle.is_dir() or not any(bundle.iterdir()):
            raise HuitouError(
                f"a bundle must be a folder with files in it; got {bundle}. Train first.",
                field="bundle",
                value=str(bundle),
            )
        record = RunRecord(params, metrics, tags, gate)
        with self._client() as client:
            run_id = self._finished_run(client, record, bundle, artifacts)
            number = self._registered(client, record, run_id)
            aliases = Aliases(client, self._model)
            aliases.challenge(number)
            if gate.passed:
                aliases.promote(number)
            return self._known(client, number)

    def versions(self) -> list[Version]:
        """All versions, the newest first."""
        if self._store.is_empty:
            return []
        with self._client() as client:
            aliases = Aliases(client, self._model).holders()
            kept = self._kept(client)
            return [_version(client, kept[number], aliases) for number in sorted(kept, reverse=True)]

    def champion(self) -> Version | None:
        """The version that serves; None when there is none."""
        if self._store.is_empty:
            return None
        with self._client() as client:
            number = Aliases(client, self._model).holders().get(CHAMPION)
            return None if number is None else self._known(client, number)

    def promote(self, number: int) -> Version:
        """Version ``number``, now the champion; the champion until now becomes ``previous``.

        Raises :class:`HuitouError` when there is no such version.
        """
        self._expect_versions()
        with self._client() as client:
            self._known(client, number)
            Aliases(client, self._model).promote(number)
            return self._known(client, number)

    def roll_back(self) -> Version:
        """The previous version, now the champion again; the champion until now becomes ``previous``.

        Raises :class:`HuitouError` when there is no champion, or no other version served before it.
        """
        self._expect_versions()
        with self._client() as client:
            return self._known(client, Aliases(client, self._model).roll_back())

    def gate(self, version: Version) -> Gate:
        """The verdict that ``version`` was recorded with."""
        with tempfile.TemporaryDirectory(prefix="huitou-") as folder:
            return gate_of(self._take(version, "record.json", Path(folder)).read_text(encoding="utf-8"))

    def fetch(self, version: Version, target: Path) -> Path:
        """The bundle of ``version``, a folder of its own inside ``target``, named after number and run.

        It is complete or not there at all, and not fetched again when it is there.
        Raises :class:`HuitouError` when the registry does not hold it.
        """
        folder = target / re.sub(r"[^\w-]", "_", f"{version.number}-{version.run_id}")
        return whole_folder(folder, lambda part: self._take(version, "bundle", part))

    def _take(self, version: Version, name: str, target: Path) -> Path:
        """``target / name``, copied from what the run of ``version`` keeps under that name."""
        if not re.fullmatch(r"[\w-]+", version.run_id):
            raise HuitouError(
                f"a version must name the run that made it; version {version.number} names "
                f"{version.run_id!r}. Promote another version, or train again.",
                code="no_bundle",
                value=version.run_id,
            )
        kept = self._store.artifact(version.run_id, name)
        with self._client() as client:
            if kept is None:
                client.download_artifacts(version.run_id, name, str(target))
            elif kept.is_dir():
                shutil.copytree(kept, target / name)
            else:
                shutil.copyfile(kept, target / name)
        taken = target / name
        if not any(path.is_file() for path in (taken, *taken.rglob("*"))):
            raise HuitouError(
                f"version {version.number} must hold {name}; its run {version.run_id} has none. "
                "Promote another version, or train again.",
                code="no_bundle",
                value=version.number,
            )
        return taken

    def _known(self, client: Any, number: int) -> Version:
        """Version ``number`` as it is now; raises :class:`HuitouError` when there is none."""
        kept = self._kept(client)
        if number not in kept:
            allowed = ", ".join(map(str, sorted(kept))) or "those registered (none yet)"
            raise HuitouError(
                f"a version must be one of {allowed}; got {number!r}. See them with: huitou models list.",
                code="no_version",
                field="number",
                value=number,
                allowed=sorted(kept),
            )
        return _version(client, kept[number], Aliases(client, self._model).holders())

    def _expect_versions(self) -> None:
        if self._store.is_empty:
            raise HuitouError("no version is registered in this shop. Train first: huitou train.", code="no_version")

    def _kept(self, client: Any) -> dict[int, Any]:
        """MLflow's own entries of all versions, by number."""
        found: dict[int, Any] = {}
        token: str | None = ""
        while token is not None:
            page = client.search_model_versions(f"name='{self._model}'", max_results=200, page_token=token or None)
            found |= {int(kept.version): kept for kept in page}
            token = page.token or None
        return found

    def _finished_run(self, client: Any, record: RunRecord, bundle: Path, artifacts: Path | None) -> str:
        from mlflow.entities import Metric, Param

        run = client.create_run(self._experiment(client), tags=record.fitting_tags(), run_name=bundle.name)
        run_id, status = str(run.info.run_id), "FAILED"
        try:
            metrics = [Metric(name, value, run.info.start_time, 0) for name, value in record.fitting_metrics().items()]
            params = [Param(name, value) for name, value in record.fitting_params().items()]
            client.log_batch(run_id, metrics=metrics, params=params)
            client.log_text(run_id, record.as_json(), "record.json")
            client.log_artifacts(run_id, str(bundle), "bundle")
            if artifacts is not None:
                client.log_artifacts(run_id, str(artifacts), "reports")
            status = "FINISHED"
        finally:
            client.set_terminated(run_id, status)
        return run_id

    def _experiment(self, client: Any) -> str:
        name, location = self._store.experiment(self._model)
        found = client.get_experiment_by_name(name)
        return str(found.experiment_id if found else client.create_experiment(name, artifact_location=location))

    def _registered(self, client: Any, record: RunRecord, run_id: str) -> int:
        from mlflow.exceptions import MlflowException

        try:
            client.create_registered_model(self._model)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        version = client.create_model_version(
            self._model,
            source=f"runs:/{run_id}/bundle",
            run_id=run_id,
            tags=record.fitting_tags(),
            description=cut("\n".join(record.gate.reasons), 5000),
        )
        return int(version.version)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        """MLflow's client, opened when first needed; what goes wrong inside is told in one line."""
        connect, failure = _mlflow()
        try:
            if self._opened is None:
                self._opened = self._store.open(connect)
            yield self._opened
        except (failure, OSError) as error:
            said = _root_cause(error)
            raise HuitouError(
                f"the model registry at {self._store.place} failed: {said}. {self._store.next_step(said)}",
                code="registry",
                value=self._store.place,
            ) from error


def _mlflow() -> tuple[Callable[[str], Any], type[Exception]]:
    """What makes a client of an address, and MLflow's exception; imported quietly and with telemetry off."""
    mlflow_environment.prepare()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    def connect(uri: str) -> Any:
        with warnings.catch_warnings():
            # MLflow 3.17 declares its tables in a way that SQLAlchemy 2.1 deprecates.
            warnings.filterwarnings("ignore", "The ``noload`` loader strategy", DeprecationWarning)
            return MlflowClient(uri, uri)

    return connect, MlflowException


def _root_cause(error: BaseException) -> str:
    """The first thing that went wrong, in one line, without the password that an address may hold."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return cut(re.sub(r"//\S*@", "//", " ".join(str(error).split())), 300).rstrip(".")


def _version(client: Any, kept: Any, aliases: Mapping[str, int]) -> Version:
    """``kept`` as people see it; the figures come from its run, none when the run is gone."""
    return Version(
        number=int(kept.version),
        created_at=datetime.fromtimestamp(kept.creation_timestamp / 1000, UTC),
        aliases=tuple(sorted(alias for alias, number in aliases.items() if number == int(kept.version))),
        tags=dict(kept.tags),
        metrics=_metrics(client, kept.run_id),
        run_id=str(kept.run_id or ""),
    )


def _metrics(client: Any, run_id: str | None) -> dict[str, float]:
    from mlflow.exceptions import MlflowException

    try:
        figures = client.get_run(run_id).data.metrics if run_id else {}
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return {}
    return {own_name(name): value for name, value in figures.items()}
