"""What a client hands back through the official SDK is what the assistant had said: no difference is seen."""

from __future__ import annotations

from typing import Any

import httpx2
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses import Response
from protocols.openai.responses.test_sdk_types import CUSTOM, FUNCTION, client, parts, streaming
from protocols.openai.responses_wire import Memory, request

from mockserver.conversation import (
    Finding,
    Image,
    JsonObject,
    Native,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import events
from mockserver.history.fidelity import Memory as Fidelity
from mockserver.history.fidelity import followed
from mockserver.protocols.openai.responses import DIALECT

TOOLS = [FUNCTION, CUSTOM]
SAID = {"role": "user", "content": "Hi"}
NEXT = {"role": "user", "content": "And?"}
SCRIPTED = {
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "As scripted.", "annotations": []}],
}

fields = st.fixed_dictionaries(
    {},
    optional={
        "store": st.booleans(),
        "include": st.just(["reasoning.encrypted_content"]),
        "reasoning": st.sampled_from([{"summary": "auto"}, {"effort": "low"}]),
    },
)
replies = st.lists(parts, max_size=4, unique_by=lambda part: isinstance(part, Native) or id(part)).map(
    lambda found: Reply((*found, Text("So.")))
)
"""Reasoning must lead to something, or the API takes no more of it; a scripted item has its id only once."""


class Talk:
    """One turn that was answered, and what is seen of it when it comes back."""

    def __init__(self, reply: Reply, **fields: Any) -> None:
        self.memory, self.fidelity = Memory(), Fidelity()
        self.reply, self.context = reply, self.memory.context()
        self.asked = request(self.context, input=[SAID], tools=TOOLS, **fields)
        said = DIALECT.said(reply, self.asked, self.context)
        self.fidelity.remember(followed(self.asked.messages), said, lambda: True)
        if kept := DIALECT.keep(reply, self.asked, self.context):
            self.memory.kept |= [kept]

    @property
    def response(self) -> Response:
        """The answer as the SDK has it."""
        body = DIALECT.render(self.reply, self.asked, self.context).body
        return Response.model_validate(orjson.loads(body))

    @property
    def streamed(self) -> Response:
        """The answer as the SDK assembles it from a stream."""
        encoder = DIALECT.encoder(self.asked, self.context)
        body = b"".join(frame for event in events(self.reply) for frame in encoder.encode(event))
        with streaming(body).responses.stream(model="m", input="Hi") as stream:
            return stream.get_final_response()

    def differences(self, **sent: Any) -> list[Finding]:
        """What is noted of a request that goes on from the turn, of its shape or of the turn."""
        again = request(self.memory.context(), **sent)
        return [*again.findings, *self.fidelity.differences(followed(again.messages))]


def handed_back(response: Response) -> list[Any]:
    """The conversation as a client goes on with it: all of the output, an answer to each call."""
    return [SAID, *response.output, *answers(response), NEXT]


def answers(response: Response) -> list[Any]:
    return [
        {"type": f"{item.type}_output", "call_id": item.call_id, "output": "18"}
        for item in response.output
        if item.type in ("function_call", "custom_tool_call")
    ]


def as_sent(items: list[Any]) -> list[JsonObject]:
    """What the SDK makes of items in a request."""
    sent: list[Any] = []

    def handle(asked: httpx2.Request) -> httpx2.Response:
        sent.extend(orjson.loads(asked.content)["input"])
        return httpx2.Response(200, json={})

    client(handle).responses.create(model="m", input=items)
    return sent


# ------------------------------------------------------------------------------------------- whatever is said


@given(reply=replies, fields=fields)
@settings(deadline=None, max_examples=25)
def test_an_output_that_is_put_into_the_input_is_no_other(reply: Reply, fields: dict[str, Any]) -> None:
    talk = Talk(reply, **fields)

    assert talk.differences(input=as_sent(handed_back(talk.response))) == []


@given(reply=replies, fields=fields)
@settings(deadline=None, max_examples=25)
def test_an_output_that_is_dumped_with_its_nulls_is_no_other(reply: Reply, fields: dict[str, Any]) -> None:
    talk = Talk(reply, **fields)
    dumped = [item.model_dump() for item in talk.response.output]

    assert talk.differences(input=[SAID, *dumped, *answers(talk.response), NEXT]) == []


@given(reply=replies, fields=fields)
@settings(deadline=None, max_examples=10)
def test_a_stream_that_was_put_together_is_no_other(reply: Reply, fields: dict[str, Any]) -> None:
    talk = Talk(reply, **fields)

    assert talk.differences(input=as_sent(handed_back(talk.streamed))) == []


@given(reply=replies)
@settings(deadline=None, max_examples=20)
def test_a_chain_is_no_other(reply: Reply) -> None:
    talk = Talk(reply)
    response = talk.response

    assert talk.differences(previous_response_id=response.id, input=[*answers(response), NEXT]) == []


# ------------------------------------------------------------------------------------------------- one by one


@pytest.mark.parametrize(
    ("reply", "fields", "told"),
    [
        (Reply((Text("Hel"), Text("lo"))), {}, (Text("Hel"), Text("lo"))),
        (Reply((Refusal("No."),)), {}, (Refusal("No."),)),
        (Reply((Thinking("Hm"), Text("So."))), {}, (Thinking(""), Text("So."))),
        (
            Reply((Thinking("Hm"), Text("So."))),
            {"reasoning": {"summary": "auto"}},
            (Thinking("Hm"), Text("So.")),
        ),
        (
            Reply((Thinking("Hm", "c2ln"), Text("So."))),
            {"include": ["reasoning.encrypted_content"]},
            (Thinking("", "c2ln"), Text("So.")),
        ),
        (Reply((Thinking("Hm", "c2ln"), Text("So."))), {}, (Thinking(""), Text("So."))),
        (Reply((ToolCall("f", {"a": 1}, "call_1"),)), {}, (ToolCall("f", {"a": 1}, "call_1"),)),
        (Reply((Native({"openai": SCRIPTED}),)), {}, (Text("As scripted."),)),
        (Reply((Native({"gemini": {}}), Text("So."))), {}, (Text("So."),)),
        (Reply((Image("image/png", "aGk="),)), {}, (Image("image/png", "aGk="),)),
    ],
)
def test_what_was_said_is_what_went_over_the_wire(
    reply: Reply, fields: dict[str, Any], told: tuple[Any, ...]
) -> None:
    talk = Talk(reply, **fields)

    assert DIALECT.said(reply, talk.asked, talk.context) == told


def test_a_call_without_an_id_is_said_with_the_one_it_was_given() -> None:
    talk = Talk(Reply((ToolCall("f", {}),)))

    [call] = DIALECT.said(talk.reply, talk.asked, talk.context)

    assert isinstance(call, ToolCall)
    assert [call.id] == [item.call_id for item in talk.response.output if item.type == "function_call"]


def test_encrypted_reasoning_is_said_as_it_was_encrypted() -> None:
    talk = Talk(Reply((Thinking("Hm"), Text("So."))), store=False)

    thinking, _ = DIALECT.said(talk.reply, talk.asked, talk.context)

    assert isinstance(thinking, Thinking)
    assert [thinking.signature] == [
        item.encrypted_content for item in talk.response.output if item.type == "reasoning"
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"arguments": '{"a": 2}'}, "tool_arguments_altered"),
        ({"name": "g"}, "tool_name_altered"),
    ],
)
def test_what_the_client_has_changed_is_seen(changed: JsonObject, code: str) -> None:
    talk = Talk(Reply((ToolCall("f", {"a": 1}),)))
    [call] = as_sent(list(talk.response.output))

    found = talk.differences(input=[SAID, call | changed, *answers(talk.response), NEXT])

    assert [finding.code for finding in found] == [code]


def test_what_the_sdk_has_parsed_is_no_difference() -> None:
    talk = Talk(Reply((Text('{"a":1}'), ToolCall("f", {"a": 1}))))
    message, call = as_sent(list(talk.response.output))
    message["content"][0]["parsed"] = {"a": 1}
    call["parsed_arguments"] = {"a": 1}

    assert talk.differences(input=[SAID, message, call, *answers(talk.response), NEXT]) == []
