"""Message threads: what is kept, and how a request goes on from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import NOW, WEATHER, body_of, post
from protocols.anthropic.served import Api

from mockserver.conversation import (
    ContractMode,
    Failure,
    Message,
    Reply,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.threads import LIFETIME
from mockserver.protocols.base import Context, Stored

BETA = "message-threads-2026-08-12"
CALL = ToolCall("get_weather", {"city": "Paris"})
RESULT = [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "18"}]}]


@dataclass
class Conversation:
    """A client that keeps a thread, and the memory of a server."""

    kept: dict[str, Stored] = field(default_factory=dict)
    turns: int = 0
    mode: ContractMode = "documented"

    def send(self, *, now: float = NOW, beta: str = BETA, **fields: Any) -> Request | Failure:
        self.turns += 1
        self.context = Context(
            str(self.turns).encode(), now, self.kept.get, keep=self.kept.__setitem__, contract=self.mode
        )
        return MESSAGES.read(post(body_of(**fields), anthropic_beta=beta), self.context)

    def reply(self, asked: Request, reply: Reply) -> str:
        """Give the reply; the id of the message."""
        kept = MESSAGES.keep(reply, asked, self.context)
        assert kept is not None
        self.kept |= dict([kept])
        return str(orjson.loads(MESSAGES.render(reply, asked, self.context).body)["id"])

    def open(self, **fields: Any) -> str:
        asked = self.send(thread={"type": "create"}, **fields)
        assert isinstance(asked, Request), asked
        return self.reply(
            asked, Reply((ToolCall("get_weather", {"city": "Paris"}, "toolu_1"),), "tool_calls")
        )


def continue_from(message_id: str) -> dict[str, str]:
    return {"type": "continue", "previous_message_id": message_id}


def test_without_a_thread_nothing_is_kept() -> None:
    conversation = Conversation()
    asked = conversation.send()

    assert isinstance(asked, Request)
    assert MESSAGES.keep(Reply((Text("Hi"),)), asked, conversation.context) is None


def test_a_thread_is_kept_under_the_id_of_its_response() -> None:
    conversation = Conversation()

    message_id = conversation.open()

    assert list(conversation.kept) == [message_id]


def test_what_is_kept_ends_with_the_reply_as_the_client_got_it() -> None:
    conversation = Conversation()
    asked = conversation.send(thread={"type": "create"})
    assert isinstance(asked, Request)

    conversation.reply(asked, Reply((CALL,), "tool_calls"))

    (stored,) = conversation.kept.values()
    (call,) = stored.messages[-1].parts
    assert isinstance(call, ToolCall)
    assert call.id is not None


def test_a_continued_request_has_the_whole_conversation() -> None:
    conversation = Conversation()
    message_id = conversation.open(system="Be brief.", tools=[WEATHER])

    asked = conversation.send(thread=continue_from(message_id), messages=RESULT)

    assert isinstance(asked, Request)
    assert asked.messages == (
        Message("user", (Text("Hi"),)),
        Message("assistant", (ToolCall("get_weather", {"city": "Paris"}, "toolu_1"),)),
        Message("tool", (ToolResult("toolu_1", "18"),)),
    )


def test_a_continued_request_inherits_system_and_tools() -> None:
    conversation = Conversation()
    message_id = conversation.open(system="Be brief.", tools=[WEATHER])

    asked = conversation.send(thread=continue_from(message_id), messages=RESULT)

    assert isinstance(asked, Request)
    assert asked.system == "Be brief."
    assert asked.tools == (Tool("get_weather", schema=WEATHER["input_schema"]),)
    assert "tools" not in asked.body


def test_a_third_turn_inherits_them_still() -> None:
    conversation = Conversation()
    second = conversation.send(
        thread=continue_from(conversation.open(system="Be brief.", tools=[WEATHER])), messages=RESULT
    )
    assert isinstance(second, Request)
    message_id = conversation.reply(second, Reply((Text("It is 18 °C."),)))

    third = conversation.send(
        thread=continue_from(message_id), messages=[{"role": "user", "content": "Thanks"}]
    )

    assert isinstance(third, Request)
    assert (third.system, third.tools) == (second.system, second.tools)
    assert len(third.messages) == len(second.messages) + 2


def test_a_choice_of_tool_may_rest_on_inherited_tools() -> None:
    conversation = Conversation()
    choice = {"type": "auto"}
    message_id = conversation.open(tools=[WEATHER], tool_choice=choice)

    found = conversation.send(thread=continue_from(message_id), messages=RESULT, tool_choice=choice)

    assert isinstance(found, Request)


def test_a_paused_turn_is_continued_with_no_message() -> None:
    conversation = Conversation()
    asked = conversation.send(thread={"type": "create"})
    assert isinstance(asked, Request)
    message_id = conversation.reply(asked, Reply((Text("I search."),), "pause"))

    assert isinstance(conversation.send(thread=continue_from(message_id), messages=[]), Request)


# ----------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "kept",
    [{}, {"msg_1": Stored(())}, {"msg_1": Stored((), {"system": "of another protocol"})}],
)
def test_an_unknown_thread_is_refused_with_the_code_that_sdks_know(kept: dict[str, Stored]) -> None:
    found = Conversation(kept).send(thread=continue_from("msg_1"))

    assert isinstance(found, Failure)
    assert (found.kind, found.code) == ("not_found", "thread_not_found")


def test_a_thread_lives_five_minutes() -> None:
    conversation = Conversation()
    message_id = conversation.open()

    in_time = conversation.send(now=NOW + LIFETIME, thread=continue_from(message_id), messages=RESULT)
    too_late = conversation.send(now=NOW + LIFETIME + 1, thread=continue_from(message_id))

    assert isinstance(in_time, Request)
    assert isinstance(too_late, Failure)
    assert too_late.code == "thread_not_found"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"model": "claude-fable-5-1"}, "`model`"),
        ({"output_config": {"effort": "low"}}, "`output_config`"),
        ({"cache_control": {"type": "ephemeral"}}, "`cache_control`"),
        ({"beta": f"{BETA},other-2026-01-01"}, "`betas`"),
    ],
)
def test_what_must_stay_the_same_is_named_when_it_does_not(changed: dict[str, Any], name: str) -> None:
    conversation = Conversation()
    message_id = conversation.open()

    found = conversation.send(thread=continue_from(message_id), **changed)

    assert isinstance(found, Failure)
    assert found.code == "thread_fingerprint_mismatch"
    assert str(found.message).startswith(f"{name} must stay the same")


def test_a_response_is_continued_once() -> None:
    conversation = Conversation()
    message_id = conversation.open()
    asked = conversation.send(thread=continue_from(message_id), messages=RESULT)
    assert isinstance(asked, Request), asked
    latest = conversation.reply(asked, Reply((Text("18 °C"),)))

    again = conversation.send(thread=continue_from(message_id), messages=RESULT)

    assert isinstance(again, Failure)
    assert (again.kind, again.code) == ("invalid_request", "thread_already_continued")
    assert isinstance(conversation.send(thread=continue_from(latest)), Request)


@pytest.mark.parametrize("member", [{"context_management": {"edits": []}}, {"fallbacks": "default"}])
@pytest.mark.parametrize("thread", [{"type": "create"}, {"type": "continue", "previous_message_id": "msg_1"}])
def test_what_threads_do_not_support_is_named(thread: Any, member: dict[str, Any]) -> None:
    betas = f"{BETA},context-management-2025-06-27,server-side-fallback-2026-07-01"

    found = Conversation().send(thread=thread, beta=betas, **member)

    assert isinstance(found, Failure)
    assert (found.code, found.details) == ("thread_unsupported_request", ({"unsupported": list(member)},))


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        ([], "messages.0: `tool_use` ids were found without"),
        ([{"role": "user", "content": "Well?"}], "messages.0: `tool_use` ids were found without"),
        (
            [
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "toolu_9", "content": "x"}],
                }
            ],
            "messages.0: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.",
        ),
        (
            [
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "18"},
                        {"type": "tool_result", "tool_use_id": "toolu_9", "content": "x"},
                    ],
                }
            ],
            "messages.0.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_9.",
        ),
    ],
)
def test_calls_of_the_stored_turn_are_answered_by_the_next(messages: Any, sentence: str) -> None:
    conversation = Conversation()
    message_id = conversation.open()

    found = conversation.send(thread=continue_from(message_id), messages=messages)

    assert isinstance(found, Failure)
    assert str(found.message).startswith(sentence)


def test_a_continued_conversation_can_be_too_long() -> None:
    conversation = Conversation()
    long = {"role": "user", "content": "word " * 90_000}
    model = "claude-haiku-4-5"
    asked = conversation.send(thread={"type": "create"}, model=model, messages=[long])
    assert isinstance(asked, Request), asked
    message_id = conversation.reply(asked, Reply((Text("Yes."),)))

    found = conversation.send(thread=continue_from(message_id), model=model, messages=[long])

    assert isinstance(found, Failure)
    assert found.kind == "context_length"


def test_where_nothing_is_refused_a_thread_that_is_lost_is_begun_anew() -> None:
    conversation = Conversation(mode="off")

    found = conversation.send(thread=continue_from("msg_1"))

    assert isinstance(found, Request)
    assert [finding.code for finding in found.findings] == ["thread_not_found"]


def test_a_continued_response_weighs_no_more_than_before_so_that_a_long_thread_displaces_nothing() -> None:
    api = Api()
    first = told(api, {"type": "create"})
    before = api.service.engine.weight("k", first)

    second = told(api, continue_from(first))

    assert before == api.service.engine.weight("k", first) > 0
    assert api.service.engine.recall("k", second) is not None


def told(api: Api, thread: dict[str, str]) -> str:
    """The id of the message that a server gives in a thread."""
    body = body_of(messages=[{"role": "user", "content": "hello " * 100}], thread=thread)
    status, message = api.ask(replace(post(body, anthropic_beta=BETA), key="k"))
    assert status == 200, message
    return str(message["id"])
