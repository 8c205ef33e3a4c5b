"""docker-compose.yml and Dockerfile, as far as they can be judged without an engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()
OURS = {"migrate", "web", "worker", "relay"}
CHOSEN = {
    "POSTGRES_PASSWORD": "0f3d5c",
    "REDIS_PASSWORD": "9ab1e2",
    "QUORATE_URL": "https://labels.example.org",
    "QUORATE_HOSTS": "labels.example.org",
}
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)(:\?|:-)?([^}]*)\}")


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
    return found


def filled(text: str) -> str:
    """The text with its variables replaced, as `docker compose` does with CHOSEN in .env."""
    return VARIABLE.sub(lambda match: CHOSEN.get(match[1]) or match[3], text)


def test_compose_names_everything_that_runs() -> None:
    assert set(services()) == OURS | {"postgres", "redis"}


def test_compose_is_valid_by_the_published_schema() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_container_but_the_one_that_ends_has_a_health_check() -> None:
    checks = {name: service.get("healthcheck", {}) for name, service in services().items()}
    assert checks.pop("migrate") == {"disable": True}
    assert [name for name, check in checks.items() if set(check) < {"test", "interval", "timeout", "retries"}] == []


def test_no_container_runs_as_root() -> None:
    users = {name: service.get("user", "root") for name, service in services().items()}
    assert users == {**dict.fromkeys(OURS, "10001:10001"), "postgres": "postgres", "redis": "redis"}
    assert re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == ["quorate"]


def test_no_password_has_a_default() -> None:
    secret = [match for match in VARIABLE.finditer(COMPOSE) if re.search("PASSWORD|SECRET|KEY", match[1])]
    assert {match[1] for match in secret} == {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert {match[2] for match in secret} == {":?"}
    assert re.findall(r"^(\w*PASSWORD\w*)=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE) == []


def test_env_example_names_every_variable_that_must_be_set() -> None:
    needed = {match[1] for match in VARIABLE.finditer(COMPOSE) if match[2] == ":?"}
    named = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named == needed == set(CHOSEN)


def test_settings_know_every_variable_our_containers_get() -> None:
    settings = (ROOT / "platform/quorate/settings.py").read_text()
    given = {name for service in OURS for name in services()[service]["environment"]}
    given |= set(re.findall(r"\b(QUORATE_\w+)=", (ROOT / "Dockerfile").read_text()))
    assert [name for name in sorted(given) if f'"{name}"' not in settings] == []


def our_commands() -> list[list[str]]:
    """What the containers run, health checks included, without the word `quorate`."""
    found = []
    for name in sorted(OURS):
        service = services()[name]
        found.append([str(part) for part in service["command"]])
        check = service["healthcheck"].get("test")
        if check:
            assert check[:2] == ["CMD", "quorate"]
            found.append(check[2:])
    return [*found, ["up"], ["healthy"]]  # the image alone


@pytest.mark.parametrize("command", our_commands(), ids=" ".join)
def test_container_command_is_one_of_ours(command: list[str]) -> None:
    name, *arguments = command
    parser = load_command_class(get_commands()[name], name).create_parser("quorate", name)
    parser.parse_args(arguments)  # exits where an argument is unknown


def test_database_and_broker_outlive_a_restart() -> None:
    assert services()["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert services()["redis"]["volumes"] == ["redis:/data"]
    assert "--appendonly yes" in services()["redis"]["command"][-1]
    assert set(yaml.safe_load(COMPOSE)["volumes"]) == {"data", "postgres", "redis"}


def test_deployment_check_is_clean_under_the_compose_environment(tmp_path: Path) -> None:
    given = {name: filled(str(value)) for name, value in services()["web"]["environment"].items()}
    environment = {"PATH": os.environ["PATH"], "QUORATE_DATA": str(tmp_path), **given}
    command = [sys.executable, "-m", "quorate", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (2 silenced)."), done.stderr


def test_image_is_built_from_what_is_sent_to_the_builder() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == sent
    assert [name for name in sorted(sent) if not (ROOT / name).exists()] == []
