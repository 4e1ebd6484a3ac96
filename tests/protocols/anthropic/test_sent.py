"""A body as a JSON object."""

from __future__ import annotations

import pytest
from protocols.anthropic.messages_wire import post

from mockserver.conversation import Failure
from mockserver.protocols.anthropic.sent import sent_object
from mockserver.protocols.gate import Gate


def test_an_object_is_taken_as_it_is() -> None:
    assert sent_object(post(b'{"a": 1}'), Gate()) == {"a": 1}


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"1"])
def test_another_value_is_refused(body: bytes) -> None:
    refused = sent_object(post(body), Gate("off"))

    assert refused == Failure("invalid_request", message="Input should be an object")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": "\\ud800"}'])
def test_what_is_no_json_is_refused_with_the_reason(body: bytes) -> None:
    refused = sent_object(post(body), Gate("off"))

    assert isinstance(refused, Failure)
    assert refused.kind == "malformed_json"
    assert str(refused.message).startswith("The request body is not valid JSON: ")
