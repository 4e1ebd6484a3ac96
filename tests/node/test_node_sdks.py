"""The official Node SDKs against the server.

Each `.mjs` file that has tests runs once, with Node's own test runner; each of its tests is a subtest here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from node.running import run_node

from mockserver.runner import MockServer

FILES = (
    "anthropic.mjs",
    "anthropic_tools.mjs",
    "gemini.mjs",
    "gemini_functions.mjs",
    "openai_chat.mjs",
    "openai_completions.mjs",
    "openai_embeddings.mjs",
    "openai_moderations.mjs",
    "openai_responses.mjs",
    "openai_retries.mjs",
    "openai_state.mjs",
)
OPTIONS = ("--throw-deprecation", "--test", "--test-timeout=120000")


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    failure: str


@pytest.mark.parametrize("file", FILES)
def test_the_sdk_is_served(file: str, server: MockServer, tmp_path: Path, subtests: pytest.Subtests) -> None:
    report = tmp_path / "report.xml"
    to_read = ("--test-reporter=spec", "--test-reporter-destination=stdout")
    to_parse = ("--test-reporter=junit", f"--test-reporter-destination={report}")

    run = run_node(*OPTIONS, *to_read, *to_parse, file, env=server.env)

    for case in read_report(report, run.stdout):
        with subtests.test(case.name):
            if case.failure:
                pytest.fail(case.failure, pytrace=False)
    if run.returncode:
        pytest.fail(run.stdout, pytrace=False)


def read_report(path: Path, output: str) -> list[Case]:
    """How each test of a file went. Where there is none, Node's output tells why."""
    cases = list(_cases(path)) if path.exists() else []
    if not cases:
        pytest.fail(f"Node ran no tests:\n{output}", pytrace=False)
    return cases


def _cases(path: Path) -> Iterator[Case]:
    for case in ET.parse(path).iter("testcase"):
        failures = (failure.text or failure.get("message") or "?" for failure in case.iter("failure"))
        yield Case(case.get("name", ""), "\n".join(failures))
