"""What holds for every registered dialect: one reply is one message, streamed or whole; refusals are JSON."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import get_args

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.conversation import (
    ErrorKind,
    Failure,
    FailureKind,
    Http,
    Image,
    Message,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.events import events
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, Context, Dialect

DIALECTS = [dialect for vendor in VENDORS for dialect in vendor.dialects]
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
every_caller = pytest.mark.parametrize(
    "dialect",
    [dialect for dialect in DIALECTS if "tool_call" in dialect.carries],
    ids=lambda dialect: dialect.name,
)

CONTEXT = Context(identity=b"test", now=1_767_225_600)
KINDS = [kind for kinds in get_args(FailureKind) for kind in get_args(kinds)]
PARTS: dict[str, ReplyPart] = {
    "text": Text("Hello there, wörld 👋!"),
    "thinking": Thinking("Let me see."),
    "tool_call": ToolCall("get_weather", {"city": "Paris", "days": [1, 2.5, None]}, "call_42"),
    "refusal": Refusal("I can't."),
    "image": Image("image/png", "aGk="),
}
"""Native parts are each wire's own, and tried by its own tests."""

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
arguments = st.dictionaries(words, st.none() | st.booleans() | st.integers(-1000, 1000) | words, max_size=3)
parts = st.one_of(
    words.map(Text),
    words.map(Thinking),
    st.builds(ToolCall, st.sampled_from(["get_weather", "get_time"]), arguments),
    words.map(Refusal),
    st.just(Image("image/png", "aGk=")),
)
replies = st.builds(
    Reply,
    st.lists(parts, min_size=1, max_size=4).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter"]),
    usage=st.builds(Usage, input=st.integers(0, 500), output=st.integers(0, 500)),
)


def request_on(dialect: Dialect, *, stream: bool = False) -> Request:
    return Request(
        protocol=dialect.name,
        model="m-1",
        messages=(Message("user", (Text("Hi"),)),),
        http=Http("POST", "/"),
        stream=stream,
    )


def rendered(dialect: Dialect, reply: Reply) -> Reply:
    return dialect.decode(dialect.render(reply, request_on(dialect), CONTEXT))


def streamed(dialect: Dialect, reply: Reply, size: int) -> Reply:
    encoder = dialect.encoder(request_on(dialect, stream=True), CONTEXT)
    pieces = events(reply, lambda text: [text[at : at + size] for at in range(0, len(text), size)])
    body = b"".join(frame for event in pieces for frame in encoder.encode(event))
    return dialect.decode(Answer(200, encoder.headers, body))


@every_dialect
@given(reply=replies, size=st.sampled_from([1, 3, 100]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_stream_and_the_json_of_a_reply_tell_the_same_message(
    dialect: Dialect, reply: Reply, size: int
) -> None:
    whole = rendered(dialect, reply)

    # Not every wire tells the usage of a stream unasked.
    assert replace(streamed(dialect, reply, size), usage=whole.usage) == whole


@every_dialect
@pytest.mark.parametrize("kind", PARTS)
def test_a_part_that_the_wire_carries_comes_back_as_it_was(dialect: Dialect, kind: str) -> None:
    told = [_without_signature(found) for found in rendered(dialect, Reply((PARTS[kind],))).parts]

    if kind in dialect.carries:
        assert told == [PARTS[kind]]
    else:
        assert [type(found) for found in told] == [Text]


@every_caller
def test_a_call_without_arguments_comes_back_as_it_was(dialect: Dialect) -> None:
    call = ToolCall("now", {}, "call_43")

    assert list(rendered(dialect, Reply((call,), "tool_calls")).parts) == [call]


def test_every_kind_of_part_is_tried() -> None:
    assert {*map(type, PARTS.values()), Native} == set(get_args(ReplyPart))


@every_caller
def test_text_and_calls_keep_their_order(dialect: Dialect) -> None:
    reply = Reply(
        (Text("I look."), ToolCall("a", {}, "call_1"), ToolCall("b", {"x": 1}, "call_2")), "tool_calls"
    )

    assert [_without_signature(part) for part in rendered(dialect, reply).parts] == list(reply.parts)


@every_dialect
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_failure_is_refused_with_json(dialect: Dialect, kind: ErrorKind, *, stream: bool) -> None:
    http = Http("POST", "/", body=orjson.dumps({"stream": stream}))

    answer = dialect.refuse(Failure(kind, message="No, because."), http, CONTEXT)

    if kind != "content_filter":  # some APIs answer 200 and tell that the prompt was blocked
        assert 400 <= answer.status < 600
        assert "No, because." in answer.body.decode()
    assert isinstance(orjson.loads(answer.body), dict | list)


@every_dialect
@pytest.mark.parametrize("kind", ["authentication", "permission", "missing_key"])
@pytest.mark.parametrize("key", ["qzxj", "qzxj7w9v", "qzxj7w9vKLMNPQRSTUVW0123456789"])
@pytest.mark.parametrize("place", ["authorization", "x-api-key", "x-goog-api-key"])
def test_no_piece_of_a_key_is_told(dialect: Dialect, kind: ErrorKind, key: str, place: str) -> None:
    http = Http("POST", "/", headers={place: f"Bearer {key}"}, key=key)

    answer = dialect.refuse(Failure(kind), http, CONTEXT)

    told = f"{answer.headers} {answer.body.decode()}"
    assert [key[at : at + 4] for at in range(len(key) - 3) if key[at : at + 4] in told] == []


@every_dialect
@pytest.mark.parametrize("begun", [0, 1, 4])
def test_a_failure_can_be_told_at_any_point_of_a_stream(dialect: Dialect, begun: int) -> None:
    encoder = dialect.encoder(request_on(dialect, stream=True), CONTEXT)
    for event in islice(events(Reply((Text("one two three"),))), begun):
        list(encoder.encode(event))

    told = b"".join(encoder.fail(Failure("overloaded", message="Sorry, no.")))

    assert b"Sorry, no." in told
    assert b"error" in told


@every_dialect
@pytest.mark.parametrize("status", [418, 503])
def test_a_scripted_status_wins(dialect: Dialect, status: int) -> None:
    answer = dialect.refuse(Failure("server_error", status=status), Http("POST", "/"), CONTEXT)

    assert answer.status == status


@every_dialect
def test_a_failure_not_to_be_retried_says_so(dialect: Dialect) -> None:
    answer = dialect.refuse(Failure("not_found", message="x", retry=False), Http("POST", "/"), CONTEXT)

    assert ("x-should-retry", "false") in answer.headers


@every_dialect
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b"{}", b'{"model": 1}', b"[" * 5000]
)
def test_garbage_is_refused_not_raised(dialect: Dialect, body: bytes) -> None:
    http = Http("POST", "/", {"anthropic-version": "2023-06-01"}, body=body, params={"model": "m"}, key="k")

    assert isinstance(dialect.read(http, CONTEXT), Failure)


@every_dialect
@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"null", b"[1]", b"{}", b'"x"', b"data: \xff\n\n", b"event: x\ndata: [1]\n\n"]
)
def test_whatever_is_scripted_is_reviewed(dialect: Dialect, kind: str, status: int, body: bytes) -> None:
    findings = dialect.review(Answer(status, (("content-type", kind),), body))

    assert all(finding.severity in {"error", "unknown"} for finding in findings)


def _without_signature(part: ReplyPart) -> ReplyPart:
    return Thinking(part.text) if isinstance(part, Thinking) else part
