"""`reply: auto`: which answer is given without a script."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from mockserver import auto
from mockserver.conversation import (
    Attachment,
    Format,
    Http,
    Image,
    ImageRequest,
    Message,
    Reply,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool("get_weather", "Weather of a place", CITY)
TIME = Tool("getCurrentTime", schema={"type": "object", "properties": {}})
FILES = Tool("list-files", schema=None)
SEARCH = Tool("web.search", schema={"type": "object", "properties": {"query": {"type": "string"}}})
TOOLS = (WEATHER, TIME, FILES, SEARCH)

CALLED = Message("assistant", (ToolCall("get_weather", {"city": "Oslo"}, "c1"),))
ANSWERED = Message("tool", (ToolResult("c1", '{"temp_c":18}'),))


def said(*messages: str | Message, **fields: Any) -> Request:
    """A request of these messages; a string is what the user says."""
    told = tuple(Message("user", (Text(one),)) if isinstance(one, str) else one for one in messages)
    return Request("toy", "m", told, Http("POST", "/"), **fields)


def names(reply: Reply) -> list[str]:
    return [call.name for call in reply.tool_calls]


def test_a_plain_question_gets_a_plain_sentence() -> None:
    assert auto.reply(said("Hello there")) == Reply(
        (Text('You said: "Hello there" This is an automatic answer.'),)
    )


def test_silence_gets_a_plain_sentence() -> None:
    assert (
        auto.reply(said(Message("user", (Attachment("image/png"),)))).text == "This is an automatic answer."
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\n\n b", '"a b"'),
        ("word " * 100, f'"{" ".join(["word"] * 24)}…"'),
        ("长" * 300, f'"{"长" * 120}…"'),
    ],
)
def test_a_long_message_is_quoted_in_short(text: str, quoted: str) -> None:
    assert quoted in auto.reply(said(text)).text


def test_no_conversation_at_all_is_answered() -> None:
    assert auto.reply(said()).finish == "stop"


def test_the_same_request_gets_the_same_reply() -> None:
    assert auto.reply(said("weather", tools=TOOLS)) == auto.reply(said("weather", tools=TOOLS))


# ------------------------------------------------------------------------------------------- free choice


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("What's the weather in London?", ["get_weather"]),
        ("WEATHER!", ["get_weather"]),
        ("what time is it", ["getCurrentTime"]),
        ("the weather and the time, please", ["get_weather", "getCurrentTime"]),
        ("Which file is largest?", ["list-files"]),
        ("search for files", ["list-files", "web.search"]),
        ("Get me the current list", []),
        ("Tell me a joke", []),
        ("weathered wood", []),
        ("", []),
    ],
)
def test_tools_that_share_a_word_with_the_message_are_called(text: str, called: list[str]) -> None:
    reply = auto.reply(said(text, tools=TOOLS))

    assert names(reply) == called
    assert reply.finish == ("tool_calls" if called else "stop")


def test_only_the_latest_message_counts() -> None:
    before = Message("assistant", (Text("It is sunny."),))

    assert names(auto.reply(said("weather?", before, "thanks", tools=TOOLS))) == []


def test_without_parallel_calls_the_closest_tool_is_called() -> None:
    choice = ToolChoice(parallel=False)
    tools = (Tool("weather_map"), Tool("weather_alert_history"))

    reply = auto.reply(said("the history of weather alerts", tools=tools, tool_choice=choice))

    assert names(reply) == ["weather_alert_history"]


def test_of_equally_close_tools_the_first_is_called() -> None:
    request = said("weather, time and files", tools=TOOLS, tool_choice=ToolChoice(parallel=False))

    assert names(auto.reply(request)) == ["get_weather"]


def test_a_tool_named_by_common_words_alone_is_found_by_them() -> None:
    assert names(auto.reply(said("run it", tools=(Tool("run"),)))) == ["run"]


def test_a_word_in_camel_case_is_found_whole_and_in_parts() -> None:
    tools = (Tool("github_issues"), Tool("openGitHub"))

    assert names(auto.reply(said("look at GitHub", tools=tools))) == ["github_issues", "openGitHub"]


def test_a_tool_offered_twice_is_called_once() -> None:
    assert names(auto.reply(said("weather", tools=(WEATHER, WEATHER)))) == ["get_weather"]


# ------------------------------------------------------------------------------------------- tool choice


@pytest.mark.parametrize(
    ("text", "choice", "called"),
    [
        ("weather", ToolChoice("none"), []),
        ("hello", ToolChoice("required"), ["get_weather"]),
        ("time", ToolChoice("required"), ["getCurrentTime"]),
        ("time and weather", ToolChoice("required", parallel=False), ["get_weather"]),
        ("weather", ToolChoice("required", ("list-files",)), ["list-files"]),
        ("hello", ToolChoice("required", ("list-files", "web.search")), ["list-files"]),
        ("search", ToolChoice("required", ("list-files", "web.search")), ["web.search"]),
        ("weather", ToolChoice("auto", ("list-files",)), []),
        ("weather", ToolChoice("required", ("unknown",)), []),
    ],
)
def test_the_tool_choice_is_kept(text: str, choice: ToolChoice, called: list[str]) -> None:
    assert names(auto.reply(said(text, tools=TOOLS, tool_choice=choice))) == called


def test_a_demand_for_tools_that_are_not_there_is_answered_with_text() -> None:
    assert auto.reply(said("weather", tool_choice=ToolChoice("required"))).finish == "stop"


# --------------------------------------------------------------------------------------------- arguments


def test_arguments_follow_the_schema_and_the_message() -> None:
    reply = auto.reply(said("What's the weather in London?", tools=TOOLS))

    assert reply == Reply((ToolCall("get_weather", {"city": "London"}),), "tool_calls")


@pytest.mark.parametrize("schema", [None, {}, {"type": "string"}, {"type": 5}, {"$ref": "#"}])
def test_arguments_are_always_an_object(schema: Any) -> None:
    reply = auto.reply(said("weather", tools=(Tool("weather", schema=schema),)))

    assert reply.tool_calls[0].arguments == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run_python", "print('hello')"),
        ("sql", "SELECT 1;"),
        ("apply_patch", "*** Begin Patch\n*** Add File: hello.txt\n+Hello!\n*** End Patch"),
        ("note", "take a note, run python, use sql and patch it"),
    ],
)
def test_a_custom_tool_gets_free_text(name: str, text: str) -> None:
    tools = (Tool(name, custom=True),)

    reply = auto.reply(said("take a note, run python, use sql and patch it", tools=tools))

    assert reply.tool_calls == (ToolCall(name, text),)


# ----------------------------------------------------------------------------------------- after a result


def test_after_a_tool_result_comes_a_sentence_that_quotes_it() -> None:
    reply = auto.reply(said("weather", CALLED, ANSWERED, tools=TOOLS))

    assert reply == Reply((Text('get_weather says: {"temp_c":18}.'),))


def test_every_fresh_result_is_told() -> None:
    calls = Message("assistant", (ToolCall("a", {}, "1"), ToolCall("b", {}, "2")))
    results = Message("tool", (ToolResult("1", "one"), ToolResult("2", "no such file", is_error=True)))

    assert auto.reply(said("go", calls, results)).text == "a says: one. b failed with: no such file."


def test_results_of_earlier_turns_are_not_told_again() -> None:
    second = (
        Message("assistant", (ToolCall("b", {}, "2"),)),
        Message("tool", (ToolResult("2", ""),)),
    )

    assert auto.reply(said("go", CALLED, ANSWERED, *second)).text == "b says: nothing."


def test_a_result_of_an_unknown_call_is_told_by_its_id() -> None:
    assert auto.reply(said(Message("tool", (ToolResult("c9", "one"),)))).text == "c9 says: one."


def test_a_text_sent_with_the_result_does_not_call_the_tool_again() -> None:
    assert names(auto.reply(said("weather", CALLED, ANSWERED, "weather reminder", tools=TOOLS))) == []


def test_a_new_question_after_the_answer_calls_again() -> None:
    told = Message("assistant", (Text("18 degrees"),))

    assert names(auto.reply(said("weather", CALLED, ANSWERED, told, "weather again", tools=TOOLS))) == [
        "get_weather"
    ]


def test_a_demand_for_calls_after_a_result_goes_to_another_tool() -> None:
    final = Tool("final_result", schema=CITY)
    request = said("weather", CALLED, ANSWERED, tools=(WEATHER, final), tool_choice=ToolChoice("required"))

    assert names(auto.reply(request)) == ["final_result"]


def test_a_demand_for_calls_ends_when_every_tool_was_called() -> None:
    request = said("weather", CALLED, ANSWERED, tools=(WEATHER,), tool_choice=ToolChoice("required"))

    assert names(auto.reply(request)) == []


def test_a_tool_called_for_an_earlier_question_may_be_demanded_again() -> None:
    told = Message("assistant", (Text("18 degrees"),))
    calls = Message("assistant", (ToolCall("final_result", {}, "2"),))
    results = Message("tool", (ToolResult("2", "ok"),))
    request = said(
        *("weather", CALLED, ANSWERED, told, "again", calls, results),
        tools=(WEATHER, Tool("final_result")),
        tool_choice=ToolChoice("required"),
    )

    assert names(auto.reply(request)) == ["get_weather"]


# ---------------------------------------------------------------------------------------- formats, images


def test_json_is_a_small_object() -> None:
    reply = auto.reply(said("hi", format=Format("json")))

    assert orjson.loads(reply.text) == {"answer": 'You said: "hi" This is an automatic answer.'}


def test_json_schema_is_compact_json_of_the_schema() -> None:
    reply = auto.reply(said("I am in Oslo", format=Format("json_schema", CITY)))

    assert reply == Reply((Text('{"city":"Oslo"}'),))


def test_json_schema_after_a_tool_result_is_still_json() -> None:
    reply = auto.reply(said("weather", CALLED, ANSWERED, tools=TOOLS, format=Format("json_schema", CITY)))

    assert reply.text == '{"city":"Paris"}'


def test_a_tool_comes_before_the_format() -> None:
    assert names(auto.reply(said("weather", tools=TOOLS, format=Format("json_schema", CITY)))) == [
        "get_weather"
    ]


def test_json_schema_without_a_schema_is_any_json() -> None:
    assert isinstance(orjson.loads(auto.reply(said("hi", format=Format("json_schema"))).text), dict)


def test_a_text_format_with_a_schema_is_a_bare_value() -> None:
    schema = {"type": "string", "enum": ["red", "blue"]}

    assert auto.reply(said("blue?", format=Format("text", schema))).text == "blue"


def test_an_asked_image_is_drawn() -> None:
    reply = auto.reply(said("a cat", image=ImageRequest("16:9", "512")))

    assert [type(part) for part in reply.parts] == [Image]
    assert reply.finish == "stop"
