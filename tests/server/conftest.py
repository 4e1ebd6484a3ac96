"""A server that performs what it is told, on both loops."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from server.stepped import LOOPS, RawClient, Stepped, connected


@pytest.fixture(params=LOOPS)
def server(request: pytest.FixtureRequest) -> Iterator[Stepped]:
    with Stepped(request.param) as running:
        yield running


@pytest.fixture
def raw(server: Stepped) -> Iterator[RawClient]:
    with connected(server) as client:
        yield client
