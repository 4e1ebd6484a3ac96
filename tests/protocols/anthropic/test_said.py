"""What a client hands back of a reply is what was said, whichever way the official client has received it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from protocols.anthropic.messages_wire import NOW

from mockserver.conversation import (
    Failure,
    Http,
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import events
from mockserver.history.fidelity import Memory, followed
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.base import Answer, Context

OPENING: list[Any] = [{"role": "user", "content": "Go on."}]
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
CITED = {
    "type": "text",
    "text": "The sky is blue.",
    "citations": [
        {
            "type": "web_search_result_location",
            "url": "https://example.com",
            "title": None,
            "encrypted_index": "x",
            "cited_text": "blue",
        }
    ],
}


class Listening:
    """An API that gives one reply to everything, and holds what comes back against it."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._memory = Memory()
        self.requests: list[Request] = []
        self.differences: list[str] = []

    @property
    def client(self) -> anthropic.Anthropic:
        transport = httpx2.Client(transport=httpx2.MockTransport(self._handle))
        return anthropic.Anthropic(api_key="k", base_url="http://mock", max_retries=0, http_client=transport)

    def _handle(self, sent: httpx2.Request) -> httpx2.Response:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        answer = self._answer(Http(sent.method, sent.url.path, headers, body=sent.content, key="k"))
        return httpx2.Response(answer.status, headers=list(answer.headers), content=answer.body)

    def _answer(self, http: Http) -> Answer:
        context = Context(str(len(self.requests)).encode(), NOW, contract="strict")
        asked = MESSAGES.read(http, context)
        if isinstance(asked, Failure):
            return MESSAGES.refuse(asked, http, context)
        self.requests.append(asked)
        conversation = followed(asked.messages)
        self.differences += [str(found) for found in self._memory.differences(conversation)]
        said = MESSAGES.said(self._reply, asked, context)
        self._memory.remember(conversation, said, lambda: True)
        if not asked.stream:
            return MESSAGES.render(self._reply, asked, context)
        encoder = MESSAGES.encoder(asked, context)
        body = b"".join(frame for event in events(self._reply) for frame in encoder.encode(event))
        return Answer(200, encoder.headers, body)


def whole(client: anthropic.Anthropic, asked: Any) -> Any:
    return client.messages.create(**asked)


def streamed(client: anthropic.Anthropic, asked: Any) -> Any:
    with client.messages.stream(**asked) as stream:
        return stream.get_final_message()


def beta_whole(client: anthropic.Anthropic, asked: Any) -> Any:
    return client.beta.messages.create(**asked)


def beta_streamed(client: anthropic.Anthropic, asked: Any) -> Any:
    with client.beta.messages.stream(**asked) as stream:
        return stream.get_final_message()


def as_dicts(message: Message) -> list[Any]:
    return [block.to_dict() for block in message.content]


WAYS = [whole, streamed, beta_whole, beta_streamed]


def converse(
    reply: Reply,
    receive: Callable[[anthropic.Anthropic, Any], Any],
    content: Callable[[Any], Any] = lambda message: message.content,
    **fields: Any,
) -> Listening:
    """Ask, hand the answer back as the client has it, answer its calls, and ask again."""
    api = Listening(reply)
    asked = {"model": "mock-talk", "max_tokens": 5000, "messages": OPENING, **fields}
    first = receive(api.client, asked)
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "18"}
        for block in first.content
        if block.type == "tool_use"
    ]
    answer = {"role": "assistant", "content": content(first)}
    back = {"role": "user", "content": [*results, {"type": "text", "text": "And?"}]}
    receive(api.client, asked | {"messages": [*OPENING, answer, back]})
    return api


words = st.text("ab é👋\n", min_size=1, max_size=8).filter(str.strip)
names = st.text("abc_", min_size=1, max_size=4)
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    words.map(Text),
    words.map(Thinking),
    words.map(lambda text: Thinking(text, redacted=True)),
    st.builds(Thinking, words, names),
    words.map(Refusal),
    st.builds(ToolCall, names, st.dictionaries(names, words | st.integers(), max_size=2)),
    st.just(Image("image/png", "aGk=")),
)


@given(said=st.lists(parts, min_size=1, max_size=4), way=st.sampled_from(WAYS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_reply_comes_back_as_it_was_said(said: list[ReplyPart], way: Any) -> None:
    api = converse(Reply(tuple(said)), way)

    assert (len(api.requests), api.differences) == (2, [])
    assert [finding for request in api.requests for finding in request.findings] == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("display", ["summarized", "omitted"])
def test_thinking_that_is_not_shown_comes_back_with_its_signature(way: Any, display: str) -> None:
    reply = Reply((Thinking("Hm."), Text("Yes."), ToolCall("f", {"a": [1, 2]})), "tool_calls")

    api = converse(reply, way, thinking={"type": "adaptive", "display": display})

    assert (len(api.requests), api.differences) == (2, [])


@pytest.mark.parametrize("way", WAYS)
def test_what_the_api_ran_itself_comes_back(way: Any) -> None:
    natives = tuple(Native({"anthropic": block}) for block in (SEARCH, FOUND, CITED))

    api = converse(Reply((Text("I look."), *natives, Text("So it is."))), way)

    assert (len(api.requests), api.differences) == (2, [])
    assert api.requests[1].findings == ()


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_that_was_kept_as_dictionaries_is_the_same(way: Any) -> None:
    reply = Reply((Thinking("Hm."), Text("Yes."), ToolCall("f", {})), "tool_calls")

    api = converse(reply, way, as_dicts)

    assert (len(api.requests), api.differences) == (2, [])


def test_a_text_that_was_scripted_as_a_block_is_a_text() -> None:
    reply = Reply((Native({"anthropic": {"type": "text", "text": "Hi"}}),))

    assert converse(reply, whole).differences == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "No."}, "text_altered"),
        ({"input": {"a": 2}}, "tool_arguments_altered"),
        ({"name": "g"}, "tool_name_altered"),
        ({"thinking": "Hm!"}, "thinking_altered"),
        ({"signature": "c2ln"}, "signature_altered"),
    ],
    ids=str,
)
def test_a_reply_that_was_changed_is_told(change: dict[str, Any], code: str) -> None:
    reply = Reply((Thinking("Hm.", "b2xk"), Text("Yes."), ToolCall("f", {"a": 1}, "toolu_1")), "tool_calls")

    api = converse(
        reply,
        whole,
        lambda message: [
            block | {name: value for name, value in change.items() if name in block}
            for block in as_dicts(message)
        ],
    )

    (told,) = api.differences
    assert f"({code} at /messages/1)" in told
