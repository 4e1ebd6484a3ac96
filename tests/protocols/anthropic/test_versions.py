"""The headers that say which version and which betas a client speaks."""

from __future__ import annotations

import pytest
from protocols.anthropic.messages_wire import CONTEXT, body_of, post

from mockserver.conversation import Failure, Http, Request
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.versions import betas_of


def test_a_request_without_a_version_is_refused() -> None:
    found = MESSAGES.read(Http("POST", "/v1/messages", body=b"{}"), CONTEXT)

    assert isinstance(found, Failure)
    assert found.message == "anthropic-version: header is required"


@pytest.mark.parametrize("version", ["2026-10-22", "latest", "2023-06-01, 2023-06-01"])
def test_an_unknown_version_is_refused_by_name(version: str) -> None:
    found = MESSAGES.read(post(body_of(), version), CONTEXT)

    assert isinstance(found, Failure)
    assert found.message == f'anthropic-version: "{version}" is not a valid version'


@pytest.mark.parametrize("version", ["2026-10-21", "2023-06-01", "2023-01-01"])
def test_known_versions_are_served(version: str) -> None:
    assert isinstance(MESSAGES.read(post(body_of(), version), CONTEXT), Request)


def test_the_version_is_checked_before_the_json() -> None:
    found = MESSAGES.read(post(b"{", "nonsense"), CONTEXT)

    assert isinstance(found, Failure)
    assert found.kind == "invalid_request"


def test_betas_are_listed_by_commas_and_repetition() -> None:
    http = Http("POST", "/", {"anthropic-beta": "b-2,a-1, b-2,"})

    assert betas_of(http) == ("a-1", "b-2")
