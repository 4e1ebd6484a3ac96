"""Legacy completions that depart from the documentation, as the frames of the encoder tell them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.completions_wire import CONTEXT, completion, request
from protocols.openai.deviating import edited, failing, frames_of, told

from mockserver.conversation import Reply, Text, Usage
from mockserver.protocols.openai.completions import DIALECT
from mockserver.protocols.openai.completions.deviations import DEVIATIONS

HELLO = Reply((Text("Hello you"),), usage=Usage(input=7, output=2))
CUT = Reply((Text("Hello"),), "length")
USAGE = {"stream_options": {"include_usage": True}}


def healthy(reply: Reply, **members: Any) -> list[bytes]:
    return frames_of(DIALECT, reply, request(stream=True, **members), CONTEXT)


def deviant(name: str, reply: Reply, **members: Any) -> list[bytes]:
    return edited(DEVIATIONS[name], healthy(reply, **members), completion(reply))


def whole(name: str, reply: Reply) -> Any:
    edit = DEVIATIONS[name].whole
    assert edit
    return edit(completion(reply))


TOLD: list[tuple[str, Reply, list[str]]] = [
    ("finish-missing", HELLO, ['"Hello"', '" you"']),
    ("finish-null", HELLO, ['"Hello"', '" you"', '""', "[DONE]"]),
    ("finish-empty", HELLO, ["\"Hello\" ''", "\" you\" ''", "\"\" 'stop'", "[DONE]"]),
    ("finish-with-last-delta", HELLO, ['"Hello"', "\" you\" 'stop'", "[DONE]"]),
    ("finish-lies", CUT, ['"Hello"', "\"\" 'stop'", "[DONE]"]),
    ("done-missing", HELLO, ['"Hello"', '" you"', "\"\" 'stop'"]),
    ("empty-delta", HELLO, ['"Hello"', '""', '" you"', '""', "\"\" 'stop'", "[DONE]"]),
    ("content-null", HELLO, ['"Hello"', '" you"', "null 'stop'", "[DONE]"]),
]


@pytest.mark.parametrize(("name", "reply", "expected"), TOLD, ids=[name for name, *_ in TOLD])
def test_a_deviation_is_seen_in_what_is_told(name: str, reply: Reply, expected: list[str]) -> None:
    assert told(deviant(name, reply)) == expected


def test_a_usage_nobody_asked_for_comes_before_the_end() -> None:
    *_, usage, done = deviant("usage-unasked", HELLO)
    chunk = orjson.loads(usage[len(b"data: ") :])

    assert chunk["choices"] == []
    assert chunk["usage"] == {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    assert done == b"data: [DONE]\n\n"


def test_an_error_in_the_stream_may_be_a_mere_text() -> None:
    frames = failing(DIALECT, HELLO, request(stream=True), CONTEXT)

    assert edited(DEVIATIONS["error-plain"], frames) == [*frames[:-1], b'data: {"error":"Busy."}\n\n']


WHOLE = [
    ("finish-null", HELLO, "finish_reason", None),
    ("finish-lies", CUT, "finish_reason", "stop"),
    ("content-null", HELLO, "text", None),
    ("camel-case", HELLO, "finishReason", "stop"),
]


@pytest.mark.parametrize(("name", "reply", "member", "expected"), WHOLE)
def test_a_whole_answer_deviates_alike(name: str, reply: Reply, member: str, expected: Any) -> None:
    assert whole(name, reply)["choices"][0][member] == expected


ASKED = frozenset({"usage-missing", "usage-null", "usage-zero", "usage-without-choices"})
NEVER = frozenset({"finish-lies", "error-plain"})
"""What needs a truncated answer, and a failed one."""


@pytest.mark.parametrize("name", sorted(DEVIATIONS))
def test_each_is_seen_where_there_is_something_to_see(name: str) -> None:
    assert (deviant(name, HELLO) != healthy(HELLO)) == (name not in NEVER | ASKED)
    assert (deviant(name, HELLO, **USAGE) != healthy(HELLO, **USAGE)) == (
        name not in NEVER | {"usage-unasked"}
    )
