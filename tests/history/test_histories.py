"""Whatever a conversation goes on from, the same follows from it as by itself; what is known is bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.claiming.standing import course_of
from mockserver.conversation import (
    Http,
    Message,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from mockserver.history import histories
from mockserver.history.fidelity import followed
from mockserver.history.histories import each, enter, history_of, once, runs_of
from mockserver.history.turns import role_runs, tool_results
from mockserver.limits import count_input

ASKED = Message("user", (Text("What is the weather?"),))
CALLED = Message(
    "assistant", (Text("I look."), ToolCall("weather", {"city": "Rome"}, "call-1")), "/messages/1"
)
ANSWERED = Message("tool", (ToolResult("call-1", "18"),))
CALLED_AGAIN = Message("assistant", (ToolCall("time", {}, "call-1"),), "/messages/3")
TOLD = Message("assistant", (Text("It is 18."),), "/messages/5")
POOL = (ASKED, CALLED, ANSWERED, CALLED_AGAIN, TOLD)
TOOLS = (Tool("weather"), Tool("time", "Tells it.", {"type": "object"}))

Told = Callable[[Sequence[Message]], Any]


def asked(messages: Sequence[Message]) -> Request:
    """A request of these very messages."""
    return Request("toy", "toy-1", tuple(messages), Http("POST", "/"), tools=TOOLS)


def letters(message: Message) -> int:
    return len(message.text)


FACTS: dict[str, Told] = {
    "turns": lambda messages: followed(messages, "Be brief."),
    "tokens": lambda messages: count_input(asked(messages)),
    "runs": lambda messages: list(runs_of(messages)[0]),
    "course": course_of,
    "letters": lambda messages: list(each(messages, letters)),
    "results": lambda messages: once(messages, tool_results),
}


@pytest.fixture(autouse=True, scope="module")
def _every_conversation_is_long() -> Iterator[None]:
    with patch.object(histories, "LONG", 0):
        yield


@st.composite
def conversations(draw: st.DrawFn) -> list[tuple[Message, ...]]:
    """Conversations, most of which begin like one before, with the very same messages or with equal ones."""
    some = st.lists(
        st.sampled_from(POOL).flatmap(lambda one: st.sampled_from([one, replace(one)])), max_size=6
    )
    found = [tuple(draw(some))]
    for _ in range(draw(st.integers(1, 6))):
        before = draw(st.sampled_from(found))
        found.append((*before[: draw(st.integers(0, len(before)))], *draw(some)))
    return found


@given(conversations())
def test_the_same_follows_whatever_came_before(messages: list[tuple[Message, ...]]) -> None:
    for said in messages:
        by_itself = {name: tell(said) for name, tell in FACTS.items()}
        enter(said, 1)

        for name, tell in FACTS.items():
            assert tell(said) == by_itself[name], name


def test_what_follows_from_the_same_messages_is_not_worked_out_again() -> None:
    told: list[Message] = []

    def tell(message: Message) -> int:
        told.append(message)
        return len(told)

    for said in ((ASKED, CALLED), (ASKED, CALLED, ANSWERED), (ASKED, CALLED, ANSWERED, TOLD)):
        enter(said, 1)
        each(said, tell)

    assert told == [ASKED, CALLED, ANSWERED, TOLD]


def test_the_last_run_may_have_gone_on() -> None:
    enter((ASKED, CALLED, TOLD), 1)
    runs_of((ASKED, CALLED, TOLD))
    longer = (ASKED, CALLED, TOLD, CALLED_AGAIN, ANSWERED)
    enter(longer, 1)

    assert list(runs_of(longer)[0]) == list(role_runs(longer))


def test_turns_are_followed_anew_under_other_system_texts() -> None:
    said = (ASKED, CALLED, ANSWERED, TOLD)
    by_itself = followed(said, "Be loud.")
    for system in ("Be brief.", "Be loud."):
        enter(said, 1)
        found = followed(said, system)

    assert found == by_itself


def test_of_a_short_conversation_nothing_is_kept() -> None:
    said = (ASKED, TOLD)
    with patch.object(histories, "LONG", 2):
        enter(said, 1)

    assert history_of(said) is None


def known(messages: Sequence[Message]) -> int:
    """How many first messages are those of a conversation before."""
    entered = (*messages, replace(ASKED))
    enter(entered, 0)
    found = history_of(entered)
    assert found
    return found.same


def test_so_many_conversations_are_known_and_no_more() -> None:
    told = [(Message("user", (Text(str(number)),)),) for number in range(65)]
    for messages in told:
        enter(messages, 1)

    assert known(told[0]) == 0
    assert known(told[64]) == 1


def test_conversations_of_so_many_bytes_are_known_and_no_more() -> None:
    told = [(Message("user", (Text(str(number)),)),) for number in range(3)]
    for messages in told:
        enter(messages, 8 * 1024 * 1024)

    assert [known(messages) for messages in told] == [0, 1, 1]


def test_threads_do_not_share_what_they_know() -> None:
    said = (ASKED, CALLED, ANSWERED)
    with ThreadPoolExecutor(1) as other:
        other.submit(enter, said, 1).result()

        assert other.submit(history_of, said).result() is not None
        assert history_of(said) is None
