"""What breaks a rule of the API is refused in Google's words."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.gemini.gemini_wire import HELLO, failure_for, read, violations

from mockserver.conversation import Failure, Request

TURN = {"parts": [{"text": "Hi"}]}


@pytest.mark.parametrize("body", [{}, {"contents": []}, {"contents": None}, b"", b"  "])
def test_contents_must_be_there(body: Any) -> None:
    failure = failure_for(body)

    assert failure.message == "* GenerateContentRequest.contents: contents is not specified\n"
    assert failure.details == ()


def test_every_empty_part_is_told_in_a_line_of_its_own() -> None:
    failure = failure_for(
        {"contents": [TURN, {"role": "model"}, {"parts": [{"text": "a"}, {"thought": True}]}]}
    )

    assert failure.message == (
        "* GenerateContentRequest.contents[1].parts: contents.parts must not be empty.\n"
        "* GenerateContentRequest.contents[2].parts[1].data: "
        "required oneof field 'data' must have one initialized field\n"
    )


def test_a_text_may_be_empty_but_not_null() -> None:
    assert isinstance(read({"contents": [{"parts": [{"text": ""}]}]}), Request)
    assert isinstance(read({"contents": [{"parts": [{"text": None}]}]}), Failure)


@pytest.mark.parametrize("role", ["assistant", "system", "USER"])
def test_an_unknown_role_is_refused(role: str) -> None:
    failure = failure_for({"contents": [{**TURN, "role": role}]})

    assert failure.message == "Please use a valid role: user, model."


def test_a_part_has_one_kind_of_data() -> None:
    failure = failure_for({"contents": [{"parts": [{"text": "a", "functionCall": {"name": "f"}}]}]})

    description = (
        "Invalid value at 'contents[0].parts[0]' (oneof), "
        "oneof field 'data' is already set. Cannot set 'functionCall'"
    )
    assert failure.message == description
    assert violations(failure) == [{"field": "contents[0].parts[0]", "description": description}]


@pytest.mark.parametrize("count", [9, -1, 2**31 - 1])
def test_candidates_are_limited(count: int) -> None:
    failure = failure_for({**HELLO, "generationConfig": {"candidateCount": count}})

    assert "candidate_count must be between 1 and 8" in str(failure.message)
