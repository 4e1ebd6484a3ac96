"""The `mockserver` fixture: one server per session, and for each test a view with a key of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.runner import MockServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def mockserver_session() -> Iterator[MockServer]:
    """The server that all tests of the session share. Override it to start the server differently."""
    from mockserver.runner import MockServer

    with MockServer(speed=0) as server:
        yield server


@pytest.fixture
def mockserver(mockserver_session: MockServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    """A mock server for this test alone: no scenario but what the test loads, and the SDKs' environment
    variables point at it. What did not go as scripted fails the test at its end.
    """
    view = mockserver_session.namespace(f"test-key-{next(_numbers)}")
    for name, value in view.env.items():
        monkeypatch.setenv(name, value)
    yield view
    try:
        view.verify()
    finally:
        view.reset()
