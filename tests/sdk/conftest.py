"""A real server with the built-in scenarios, as a stand-in is run, and SDK clients that point at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.assembly import builtin_folder
from mockserver.runner import MockServer

SCENARIOS = Path(__file__).parent / "scenarios"


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """The built-in scenarios and those of the SDK tests (found by name), all waits skipped."""
    with MockServer(SCENARIOS, builtin_folder(), unmatched="auto", speed=0) as running:
        yield running


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A key of its own for each test, so that attempts and stored conversations are its own."""
    return f"sk-{request.node.name}"
