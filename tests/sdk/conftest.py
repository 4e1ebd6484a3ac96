"""A real server with the built-in scenarios, as a stand-in is run, and SDK clients that point at it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from openai import AsyncOpenAI, OpenAI
from sdk.gemini_strict import Gemini, strict_gemini
from sdk.openai_strict import Wire, strict_async_client, strict_client

from mockserver.assembly import builtin_folder
from mockserver.protocols.credentials import fingerprint
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
    return key_of(request)


def key_of(request: pytest.FixtureRequest) -> str:
    return f"sk-{fingerprint(request.node.nodeid)}"


@pytest.fixture
def mock(server: MockServer, key: str) -> MockServer:
    """The server as this test's key sees it: own scenarios, own requests."""
    return server.namespace(key)


@pytest.fixture(autouse=True)
def nothing_comes_back_altered(request: pytest.FixtureRequest) -> Iterator[None]:
    """No official SDK changes a turn of the assistant on its way back, unless a test makes it: `alters`."""
    server = request.getfixturevalue("server") if "server" in request.fixturenames else None
    yield
    if server and not request.node.get_closest_marker("alters"):
        exchanges = server.namespace(key_of(request)).exchanges
        found = [finding for exchange in exchanges for finding in exchange.findings]
        assert [str(finding) for finding in found if finding.severity == "altered"] == []


@pytest.fixture
def wire() -> Wire:
    """What the OpenAI clients of this test have received."""
    return Wire()


@pytest.fixture
def openai_client(server: MockServer, key: str, wire: Wire) -> Iterator[OpenAI]:
    """Does not ask again of its own accord; fails the test if anything on the wire is not as documented."""
    with strict_client(server, key, wire, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_openai_client(server: MockServer, key: str, wire: Wire) -> AsyncIterator[AsyncOpenAI]:
    async with strict_async_client(server, key, wire, max_retries=0) as client:
        yield client


@pytest.fixture(params=["sync-v1beta", "async-v1beta", "sync-default", "async-default"])
async def gemini(request: pytest.FixtureRequest, server: MockServer, key: str) -> AsyncIterator[Gemini]:
    """Google's SDK, both its clients, with the version of the API that the guide names and with its own."""
    way, _, version = request.param.partition("-")
    options = {} if version == "default" else {"api_version": version}
    async with strict_gemini(server, key, way, **options) as found:
        yield found
