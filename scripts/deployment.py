"""What can be said of the files in ``deploy/`` without running them, as functions that return offences.

``tests/test_deploy.py`` runs them on Huitou and shows that each one catches a planted mistake.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OF_OTHERS = frozenset({"PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER"})
"""Variables that Python, the shell and PostgreSQL's image read."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SERVICE_KEYS = _words(
    "build cap_drop command depends_on environment healthcheck image networks ports read_only restart security_opt "
    "stop_grace_period tmpfs volumes"
)
"""What a service of a compose file may say; the rest of the format is not used here."""

UNIT_KEYS = {
    "Unit": _words("Description Documentation Wants After"),
    "Service": _words(
        "Type User Group WorkingDirectory StateDirectory StateDirectoryMode UMask Environment EnvironmentFile "
        "ExecStart ExecReload KillSignal KillMode TimeoutStopSec Restart RestartSec LimitNOFILE NoNewPrivileges "
        "CapabilityBoundingSet AmbientCapabilities ProtectSystem ProtectHome PrivateTmp PrivateDevices ProtectClock "
        "ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectProc "
        "RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality RemoveIPC "
        "SystemCallArchitectures SystemCallFilter"
    ),
    "Install": _words("WantedBy"),
}
"""Settings of systemd (``man systemd.exec``, ``systemd.service``) by section."""

HARDENING = ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=")
"""What the unit must say."""

_HEALTH = re.compile(r"http://127\.0\.0\.1:(?P<port>\d+)(?P<path>/[\w/]*)")
_VARIABLE = re.compile(r"HUITOU_[A-Z_]+")


@dataclass(frozen=True)
class Deployment:
    """The files, as text."""

    dockerfile: str
    """``deploy/Dockerfile``."""
    compose: str
    """``deploy/compose.yaml``."""
    unit: str
    """``deploy/huitou.service``."""
    proxy: str
    """``deploy/nginx.conf``."""

    @classmethod
    def read(cls, folder: Path) -> Deployment:
        """The files in ``folder``."""
        names = ("Dockerfile", "compose.yaml", "huitou.service", "nginx.conf")
        return cls(*((folder / name).read_text(encoding="utf-8") for name in names))

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The instructions of the Dockerfile and what follows each."""
        text = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", self.dockerfile, flags=re.MULTILINE))
        lines = [line.strip().partition(" ") for line in text.splitlines() if line.strip()]
        return [(name.upper(), " ".join(rest.split())) for name, _, rest in lines]

    @property
    def last_stage(self) -> list[tuple[str, str]]:
        """The instructions that make the image itself."""
        steps = self.steps
        return steps[max(place for place, (name, _) in enumerate(steps) if name == "FROM") :]

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """The services of the compose file."""
        found: dict[str, dict[str, Any]] = yaml.safe_load(self.compose)["services"]
        return found

    @property
    def settings(self) -> list[tuple[str, str, str]]:
        """Section, name and value of every line of the unit."""
        section, found = "", []
        for line in self.unit.splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith("#"):
                name, _, value = line.partition("=")
                found.append((section, name, value))
        return found

    def setting(self, name: str) -> str:
        """The value of a setting of the unit, empty when it is not there."""
        return next((value for _, found, value in self.settings if found == name), "")

    @property
    def command_lines(self) -> dict[str, list[str]]:
        """The arguments of every ``huitou`` that is started, by the file that says so."""
        step = dict(self.last_stage)
        exec_start = shlex.split(self.setting("ExecStart"))
        examples = re.findall(r"run --rm service (.+)", self.compose)
        return {
            "Dockerfile": json.loads(step["CMD"]),
            "compose.yaml": self.services["service"]["command"],
            "huitou.service": exec_start[exec_start.index("huitou") + 1 :],
            **{f"compose.yaml, example {place}": shlex.split(said) for place, said in enumerate(examples, start=1)},
        }


def variables(deployment: Deployment, known: Iterable[str]) -> list[str]:
    """Environment variables that nothing reads."""
    said = {name for service in deployment.services.values() for name in service.get("environment", {})}
    for name, rest in deployment.steps:
        if name == "ENV":
            said |= {word.partition("=")[0] for word in shlex.split(rest)}
    said |= {word.partition("=")[0] for word in shlex.split(deployment.setting("Environment"))}
    return [f"nothing reads {name}" for name in sorted(said - {*known} - OF_OTHERS)]


def health(deployment: Deployment, routes: Iterable[str]) -> list[str]:
    """Health checks at a port or an address that nobody answers."""
    checks = {"Dockerfile": " ".join(rest for name, rest in deployment.last_stage if name == "HEALTHCHECK")}
    checks["compose.yaml"] = " ".join(deployment.services["service"]["healthcheck"]["test"])
    found = []
    for file, text in checks.items():
        asked, port = _HEALTH.search(text), _port(deployment.command_lines[file])
        if asked is None:
            found.append(f"{file} has no health check")
        elif asked["path"] not in routes or asked["port"] != port:
            found.append(f"{file} asks {asked.group()}, which nobody answers")
    return found


def image(deployment: Deployment, root: Path) -> list[str]:
    """What is wrong with the image: missing sources, root, tools of builders, libraries without hashes."""
    found, last = [], deployment.last_stage
    ignored = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name, rest in deployment.steps:
        sources = [] if name != "COPY" or rest.startswith("--from") else rest.split()[:-1]
        found += [
            f"{source} is copied, but is not there or ignored"
            for source in sources
            if not (root / source).exists() or f"!{source}" not in ignored
        ]
        if name == "FROM" and not re.fullmatch(r"python:\d+\.\d+-slim-\w+( AS \w+)?", rest):
            found.append(f"the base {rest} is not pinned")
    step = dict(last)
    if step.get("USER", "root").split(":")[0] in ("root", "0"):
        found.append("the image runs as root")
    installs = " ".join(rest for name, rest in deployment.steps if name == "RUN")
    if installs.count(" install --no-cache-dir ") != installs.count(" --require-hashes "):
        found.append("libraries are installed without their hashes")
    if "build-essential" in " ".join(rest for _, rest in last) or "pip uninstall" not in installs:
        found.append("tools of builders are left in the image")
    environment = dict(word.split("=", 1) for word in shlex.split(step.get("ENV", "")))
    inside = environment.get("HUITOU_SHOP", "").startswith(step.get("VOLUME", "-") + "/")
    if not inside or step.get("EXPOSE") != _port(json.loads(step["CMD"])):
        found.append("the shop is not in the volume, or the port not the one that is served")
    return found


def compose(deployment: Deployment, longest_stop_s: int) -> list[str]:
    """What is wrong with the compose file."""
    whole, services = yaml.safe_load(deployment.compose), deployment.services
    found = [f"{name}: unknown {key}" for name, said in services.items() for key in sorted({*said} - SERVICE_KEYS)]
    for name, said in services.items():
        used = {volume.partition(":")[0] for volume in said.get("volumes", ())}
        for kind, names in (("volume", used), ("network", {*said.get("networks", ())})):
            found += [f"{name}: {kind} {each} is not declared" for each in sorted(names - {*whole[f"{kind}s"]})]
        found += [
            f"{name}: waits for {each}, which is none" for each in said.get("depends_on", {}) if each not in services
        ]
        found += [f"{name}: has no {key}" for key in ("healthcheck", "restart") if key not in said]
        found += [
            f"{name}: {port} is open to everyone" for port in said.get("ports", ()) if not str(port).startswith("127.")
        ]
    if "ports" in services["database"]:
        found.append("database: its port is published")
    if services["service"]["depends_on"].get("database", {}).get("condition") != "service_healthy":
        found.append("service: does not wait for the database")
    mounted = [volume.partition(":")[2] for volume in services["service"]["volumes"]]
    if not any(services["service"]["environment"].get("HUITOU_SHOP", "").startswith(f"{each}/") for each in mounted):
        found.append("service: the shop is not in a volume")
    if not services["service"].get("read_only") or "no-new-privileges:true" not in services["service"]["security_opt"]:
        found.append("service: may change its own files, or gain rights")
    if _seconds(services["service"]["stop_grace_period"]) <= longest_stop_s:
        found.append("service: is killed before it has stopped")
    return found


def unit(deployment: Deployment, longest_stop_s: int) -> list[str]:
    """What is wrong with the unit of systemd."""
    known = UNIT_KEYS
    found = [
        f"unknown setting {name} in [{section}]"
        for section, name, _ in deployment.settings
        if name not in known.get(section, ())
    ]
    lines = deployment.unit.splitlines()
    found += [f"{line} is missing" for line in HARDENING if line not in lines]
    if deployment.setting("User") in ("", "root"):
        found.append("it runs as root")
    if _seconds(deployment.setting("TimeoutStopSec") + "s") <= longest_stop_s:
        found.append("it is killed before it has stopped")
    shop = dict(word.split("=", 1) for word in shlex.split(deployment.setting("Environment"))).get("HUITOU_SHOP", "")
    if not shop.startswith(f"/var/lib/{deployment.setting('StateDirectory') or '-'}/"):
        found.append("the shop is not where it may write")
    return found


def proxy(deployment: Deployment, keep_alive_s: int, largest_body_bytes: int) -> list[str]:
    """What is wrong with the proxy in front."""
    text, found = deployment.proxy, []
    kept = re.search(r"keepalive_timeout (\d+)s;", text)
    if kept is None or int(kept[1]) >= keep_alive_s:
        found.append("the service closes connections before the proxy does")
    if f"client_max_body_size {largest_body_bytes // 1_048_576}m;" not in text:
        found.append("bodies have another limit than in the service")
    if f"server 127.0.0.1:{_port(deployment.command_lines['huitou.service'])};" not in text:
        found.append("it asks another port than the one that is served")
    if text.count("{") != text.count("}"):
        found.append("a brace is missing")
    return found


def read_variables(root: Path, files: Sequence[str]) -> set[str]:
    """The environment variables of Huitou that the code names."""
    texts = (file.read_text(encoding="utf-8") for file in _python(root, files))
    return {
        node.value
        for text in texts
        if _VARIABLE.search(text)  # few files name one, and parsing takes most of the time
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value)
    }


def _python(root: Path, files: Sequence[str]) -> Iterator[Path]:
    for name in files:
        place = root / name
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


def _port(arguments: Sequence[str]) -> str:
    """The port in the arguments of ``huitou``, empty where they name none."""
    return arguments[arguments.index("--port") + 1] if "--port" in arguments else ""


def _seconds(said: str) -> int:
    return int(said.removesuffix("s"))


def graceful_s(deployment: Deployment) -> Mapping[str, int]:
    """How long each command line lets requests finish."""
    lines = {file: line for file, line in deployment.command_lines.items() if "--graceful-s" in line}
    return {file: int(line[line.index("--graceful-s") + 1]) for file, line in lines.items()}
