from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import Message, Text, ToolCall, ToolResult
from mockserver.history.turns import latest_results, role_runs, tool_results

FIRST = ToolResult("1", '{"temp": 18}')
SECOND = ToolResult("2", "noon")
CONVERSATION = (
    Message("user", (Text("Weather?"),)),
    Message("assistant", (ToolCall("get_weather", {}, "1"),)),
    Message("tool", (FIRST,)),
    Message("assistant", (ToolCall("get_time", {}, "2"),)),
    Message("tool", (SECOND,)),
)


def test_results_are_found_by_the_name_of_the_tool_that_was_called() -> None:
    assert tool_results(CONVERSATION) == {"get_weather": FIRST, "get_time": SECOND}


def test_a_result_that_carries_its_name_needs_no_call() -> None:
    result = ToolResult("", "noon", name="get_time")

    assert tool_results((Message("tool", (result,)),)) == {"get_time": result}


def test_the_latest_results_are_those_since_the_last_assistant_message() -> None:
    assert latest_results(CONVERSATION) == {"get_time": SECOND}


def test_there_are_no_latest_results_once_the_assistant_has_spoken() -> None:
    assert latest_results((*CONVERSATION, Message("assistant", (Text("Noon."),)))) == {}


PARTS = {
    "user": st.builds(Text, st.just("Hm.")),
    "assistant": st.builds(ToolCall, st.sampled_from("ab"), st.just({}), st.sampled_from("12")),
    "tool": st.builds(ToolResult, st.sampled_from("123"), st.just("so"), st.sampled_from(["", "a"])),
}
MESSAGES = st.sampled_from(list(PARTS)).flatmap(
    lambda role: st.builds(Message, st.just(role), st.lists(PARTS[role], max_size=2).map(tuple))
)


@given(st.lists(MESSAGES, max_size=8))
def test_of_all_results_the_latest_are_those_that_nobody_has_answered(messages: list[Message]) -> None:
    since = max((at for at, message in enumerate(messages) if message.role == "assistant"), default=-1)
    fresh = [id(part) for message in messages[since + 1 :] for part in message.parts]

    found = latest_results(messages)

    assert list(found.items()) == [item for item in tool_results(messages).items() if id(item[1]) in fresh]


def test_messages_are_gathered_in_runs_of_one_role() -> None:
    user, assistant = Message("user", (Text("a"),)), Message("assistant", (Text("b"),))

    assert list(role_runs((user, user, assistant))) == [(user, user), (assistant,)]
