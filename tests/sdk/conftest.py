"""A real server with the built-in scenarios, as a stand-in is run, and SDK clients that point at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sdk.gemini_strict import Gemini, strict_gemini

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


@pytest.fixture(params=["sync-v1beta", "async-v1beta", "sync-default", "async-default"])
async def gemini(request: pytest.FixtureRequest, server: MockServer, key: str) -> AsyncIterator[Gemini]:
    """Google's SDK, both its clients, with the version of the API that the guide names and with its own."""
    way, _, version = request.param.partition("-")
    options = {} if version == "default" else {"api_version": version}
    async with strict_gemini(server, key, way, **options) as found:
        yield found
