"""What surrounds the code: metadata, image and compose file agree with each other and with the server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

import mockserver
from mockserver import MockServer
from mockserver.cli import serve

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def instructions(name: str) -> list[str]:
    """What follows each instruction of that name in the Dockerfile."""
    return re.findall(rf"^{name}\s+(.*)$", DOCKERFILE, re.MULTILINE)


def supported_versions() -> list[str]:
    classifiers = "\n".join(PROJECT["classifiers"])
    return re.findall(r"^Programming Language :: Python :: (3\.\d+)$", classifiers, re.MULTILINE)


# ----------------------------------------------------------------------------------------- metadata


def test_the_oldest_classified_python_is_the_required_one() -> None:
    assert f">={supported_versions()[0]}" == PROJECT["requires-python"]


def test_the_installed_metadata_tells_the_version_of_the_package() -> None:
    assert mockserver.__version__ == metadata.version("mockserver")


def test_the_changelog_opens_with_the_version_of_the_package_or_with_what_is_unreleased() -> None:
    headings = re.findall(r"^## \[?([\w.]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[0] in {"Unreleased", mockserver.__version__}


# -------------------------------------------------------------------------------------------- image


def test_the_image_is_built_on_the_newest_classified_python() -> None:
    bases = {line.split()[0] for line in instructions("FROM")}

    assert {f"python:{supported_versions()[-1]}-slim"} == bases


def test_the_image_does_not_run_as_root() -> None:
    user = instructions("USER")[-1].partition(":")[0]

    assert user not in {"0", "root"}


def test_the_image_starts_the_server_without_a_shell_so_that_signals_reach_it() -> None:
    assert json.loads(instructions("ENTRYPOINT")[-1]) == ["mockserver"]


def test_the_image_exposes_the_port_that_the_server_takes_by_default() -> None:
    port = next(option for option in serve.params if option.name == "port")

    assert str(port.default) == instructions("EXPOSE")[-1]


def copied_from_the_checkout() -> list[str]:
    return [
        source
        for line in instructions("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    ]


@pytest.mark.parametrize("source", copied_from_the_checkout())
def test_what_the_image_copies_from_the_checkout_is_there_and_not_ignored(source: str) -> None:
    patterns = (ROOT / ".dockerignore").read_text().splitlines()

    assert (ROOT / source).exists()
    assert f"!{source}" in patterns


def run_health_check(port: int) -> int:
    """The image's health check, run on this machine."""
    _, *arguments = json.loads(instructions("HEALTHCHECK")[-1].partition("CMD ")[2])
    environment = os.environ | {"MOCKSERVER_PORT": str(port)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def test_the_health_check_of_the_image_passes_while_the_server_runs() -> None:
    with MockServer() as mock:
        status = run_health_check(port_of(mock.url))

    assert status == 0


def test_the_health_check_of_the_image_fails_when_the_server_is_gone() -> None:
    with MockServer() as mock:
        port = port_of(mock.url)

    status = run_health_check(port)

    assert status == 1


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


# ------------------------------------------------------------------------------------------ compose


def test_the_example_client_waits_for_a_healthy_server() -> None:
    assert SERVICES["example"]["depends_on"] == {"mockserver": {"condition": "service_healthy"}}


def test_the_server_plays_the_scenarios_that_are_mounted() -> None:
    [mount] = SERVICES["mockserver"]["volumes"]
    source, target, mode = mount.split(":")

    assert (ROOT / source).is_dir()
    assert mode == "ro"
    assert [target] == SERVICES["mockserver"]["command"]


def test_the_published_port_is_the_one_that_the_image_exposes() -> None:
    [published] = SERVICES["mockserver"]["ports"]

    assert published.rpartition(":")[2] == instructions("EXPOSE")[-1]


def example_client() -> Path:
    """The script that is mounted where the example client's command expects it."""
    [mount] = SERVICES["example"]["volumes"]
    source, target, _ = str(mount).split(":")
    assert target == SERVICES["example"]["command"][-1]
    return ROOT / source


def test_the_example_client_gets_the_same_answer_on_every_protocol_as_json_and_as_a_stream() -> None:
    with MockServer(ROOT / "scenarios") as mock:
        done = subprocess.run(
            [sys.executable, "-I", example_client()],
            env={"MOCKSERVER_URL": mock.url},
            capture_output=True,
            text=True,
            check=False,
        )

    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert {"Hello! How can I help you today?"} == {answer for _, _, answer in lines}
    assert [(name, kind) for name, kind, _ in lines] == [
        ("openai_chat", "json"),
        ("openai_chat", "stream"),
        ("openai_responses", "json"),
        ("openai_responses", "stream"),
        ("anthropic_messages", "json"),
        ("anthropic_messages", "stream"),
        ("gemini_generate", "json"),
        ("gemini_generate", "stream"),
    ]
