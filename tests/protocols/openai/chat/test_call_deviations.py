"""Tool calls that depart from the documentation, as the frames of the encoder tell them."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.chat_wire import CONTEXT, completion, request
from protocols.openai.deviating import edited, failing, frames_of, told

from mockserver.conversation import Reply, Text, ToolCall
from mockserver.events import events
from mockserver.protocols.openai.chat import DIALECT
from mockserver.protocols.openai.chat.deviations import DEVIATIONS

CALL = Reply((ToolCall("get_weather", {"city": "Oslo"}, "call_1"),), "tool_calls")
CALLS = Reply((ToolCall("f", {"a": 1}, "call_1"), ToolCall("now", {}, "call_2")), "tool_calls")
SHORT = Reply((ToolCall("f", {"a": 1}, "call_1"),), "tool_calls")
SHELL = Reply((ToolCall("shell", "ls", "call_1"),), "tool_calls")

LEGACY = {"functions": [{"name": "get_weather"}]}
CUSTOM = {"tools": [{"type": "custom", "custom": {"name": "shell"}}]}


def deviating(name: str, reply: Reply, **members: Any) -> list[str]:
    frames = frames_of(DIALECT, reply, request(stream=True, **members), CONTEXT)
    return told(edited(DEVIATIONS[name], frames))


def message(name: str, reply: Reply, **members: Any) -> Any:
    """The message of the whole answer."""
    edit = DEVIATIONS[name].whole
    assert edit
    return edit(completion(reply, **members))["choices"][0]["message"]


def test_without_an_index_calls_are_told_apart_by_their_ids_alone() -> None:
    assert deviating("tool-index-missing", CALLS) == [
        '{"role":"assistant","content":null}',
        '{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}',
        '{"tool_calls":[{"function":{"arguments":"{\\""}}]}',
        '{"tool_calls":[{"function":{"arguments":"a"}}]}',
        '{"tool_calls":[{"function":{"arguments":"\\":"}}]}',
        '{"tool_calls":[{"function":{"arguments":"1"}}]}',
        '{"tool_calls":[{"function":{"arguments":"}"}}]}',
        '{"tool_calls":[{"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}',
        '{"tool_calls":[{"function":{"arguments":"{}"}}]}',
        "{} 'tool_calls'",
        "[DONE]",
    ]


def test_a_repeated_index_puts_the_head_of_a_call_and_its_first_piece_in_one_chunk() -> None:
    assert deviating("tool-index-repeated", CALLS) == [
        '{"role":"assistant","content":null}',
        (
            '{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f"}},'
            '{"index":0,"function":{"arguments":"{\\""}}]}'
        ),
        '{"tool_calls":[{"index":0,"function":{"arguments":"a"}}]}',
        '{"tool_calls":[{"index":0,"function":{"arguments":"\\":"}}]}',
        '{"tool_calls":[{"index":0,"function":{"arguments":"1"}}]}',
        '{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}',
        (
            '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now"}},'
            '{"index":1,"function":{"arguments":"{}"}}]}'
        ),
        "{} 'tool_calls'",
        "[DONE]",
    ]


def test_indices_may_count_from_one() -> None:
    assert deviating("tool-index-from-one", CALLS)[1:9:6] == [
        '{"tool_calls":[{"index":1,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}',
        '{"tool_calls":[{"index":2,"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}',
    ]


def test_a_split_name_comes_in_two_chunks_before_any_argument() -> None:
    assert deviating("tool-name-split", CALL)[:3] == [
        (
            '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function",'
            '"function":{"name":"get_w","arguments":""}}],"refusal":null}'
        ),
        '{"tool_calls":[{"index":0,"function":{"name":"eather"}}]}',
        '{"tool_calls":[{"index":0,"function":{"arguments":"{\\""}}]}',
    ]


def test_a_name_of_one_letter_is_not_split() -> None:
    assert deviating("tool-name-split", SHORT) == told(
        frames_of(DIALECT, SHORT, request(stream=True), CONTEXT)
    )


def test_arguments_may_begin_before_the_name_of_their_call() -> None:
    assert deviating("tool-arguments-first", CALL)[:3] == [
        (
            '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function",'
            '"function":{"arguments":"{\\""}}],"refusal":null}'
        ),
        '{"tool_calls":[{"index":0,"function":{"name":"get_weather"}}]}',
        '{"tool_calls":[{"index":0,"function":{"arguments":"city"}}]}',
    ]


def test_with_several_choices_each_call_keeps_to_its_choice() -> None:
    assert deviating("tool-arguments-first", SHORT, n=2)[:4] == [
        (
            '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function",'
            '"function":{"arguments":"{\\""}}],"refusal":null}'
        ),
        '{"tool_calls":[{"index":0,"function":{"name":"f"}}]}',
        (
            '1: {"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function",'
            '"function":{"arguments":"{\\""}}],"refusal":null}'
        ),
        '1: {"tool_calls":[{"index":0,"function":{"name":"f"}}]}',
    ]


def test_the_head_of_a_call_may_come_with_each_of_its_pieces() -> None:
    assert deviating("tool-head-repeated", CALLS)[5:9] == [
        '{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"1"}}]}',
        '{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"}"}}]}',
        '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}',
        '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]}',
    ]


def test_the_head_of_a_call_may_be_null_in_each_of_its_pieces() -> None:
    assert deviating("tool-head-null", CALLS)[7:9] == [
        '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}',
        '{"tool_calls":[{"index":1,"id":null,"type":null,"function":{"name":null,"arguments":"{}"}}]}',
    ]


def test_calls_may_lack_their_ids() -> None:
    first = deviating("call-id-missing", CALLS)[1]

    assert first == '{"tool_calls":[{"index":0,"type":"function","function":{"name":"f","arguments":""}}]}'
    assert message("call-id-missing", SHORT)["tool_calls"] == [
        {"type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    ]


def test_calls_may_lack_their_type() -> None:
    first = deviating("call-type-missing", CALLS)[1]

    assert first == '{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"f","arguments":""}}]}'
    assert message("call-type-missing", SHORT)["tool_calls"] == [
        {"id": "call_1", "function": {"name": "f", "arguments": '{"a":1}'}}
    ]


def test_arguments_that_are_an_object_come_in_one_piece() -> None:
    assert deviating("call-arguments-object", CALLS) == [
        '{"role":"assistant","content":null}',
        '{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":{"a":1}}}]}',
        '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":{}}}]}',
        "{} 'tool_calls'",
        "[DONE]",
    ]
    assert message("call-arguments-object", SHORT)["tool_calls"][0]["function"]["arguments"] == {"a": 1}


def test_arguments_that_are_no_object_stay_the_text_they_are() -> None:
    cut = Reply((ToolCall("f", '{"a', "call_1"),), "length")

    assert deviating("call-arguments-object", cut) == told(
        frames_of(DIALECT, cut, request(stream=True), CONTEXT)
    )
    assert message("call-arguments-object", cut) == completion(cut)["choices"][0]["message"]


def test_a_call_that_waits_for_its_end_is_told_before_an_error() -> None:
    frames = failing(DIALECT, SHORT, request(stream=True), CONTEXT, pieces=2)

    assert edited(DEVIATIONS["call-arguments-object"], frames) == frames


@pytest.mark.parametrize("name", ["tool-index-repeated", "tool-arguments-first"])
def test_a_head_that_waits_for_its_piece_is_told_before_an_error(name: str) -> None:
    frames = failing(DIALECT, SHORT, request(stream=True), CONTEXT, pieces=0)
    assert b'"name":"f"' in frames[0]

    assert edited(DEVIATIONS[name], frames) == frames


@pytest.mark.parametrize("cut", [["{}"], ["{", "}"]])
def test_a_call_without_arguments_may_tell_them_as_no_text(cut: list[str]) -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    frames = [frame for event in _events(CALLS, cut) for frame in encoder.encode(event)]

    assert told(edited(DEVIATIONS["call-arguments-empty"], frames))[-4:] == [
        '{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":1}"}}]}',
        '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}',
        "{} 'tool_calls'",
        "[DONE]",
    ]
    assert [
        call["function"]["arguments"] for call in message("call-arguments-empty", CALLS)["tool_calls"]
    ] == [
        '{"a":1}',
        "",
    ]


def test_arguments_that_only_begin_like_none_are_told() -> None:
    encoder = DIALECT.encoder(request(stream=True), CONTEXT)
    frames = [frame for event in _events(SHORT, ["{", '"a":1}']) for frame in encoder.encode(event)]

    assert edited(DEVIATIONS["call-arguments-empty"], frames) == frames


def _events(reply: Reply, cut: list[str]) -> Any:
    """The events of a reply whose texts are cut so, where they are made of these pieces."""
    return events(reply, lambda text: cut if "".join(cut) == text else [text])


def test_an_answer_with_calls_may_end_with_stop() -> None:
    edit = DEVIATIONS["finish-stop-for-tools"].whole
    assert edit

    assert deviating("finish-stop-for-tools", CALL)[-2:] == ["{} 'stop'", "[DONE]"]
    assert deviating("finish-stop-for-tools", CALL, **LEGACY)[-2:] == ["{} 'stop'", "[DONE]"]
    assert edit(completion(CALL))["choices"][0]["finish_reason"] == "stop"


def test_as_gemini_calls_are_whole_without_index_the_first_signed_and_the_end_is_stop() -> None:
    signature = "0v78hCR0hMtQ3/obU7KU7dAAs93LBD8ZLKzTGgSFdOwPUD7wT7jipnd/8/UsVufLJjE4"
    first, second = deviating("gemini-compat", CALLS)[1:3]

    assert first.startswith(
        '{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"},'
        f'"extra_content":{{"google":{{"thought_signature":"{signature}'
    )
    assert (
        second
        == '{"tool_calls":[{"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]}'
    )
    assert deviating("gemini-compat", CALLS)[3:] == ["{} 'stop'", "[DONE]"]


def test_as_gemini_a_whole_answer_is_signed_and_stops() -> None:
    edit = DEVIATIONS["gemini-compat"].whole
    assert edit
    choice = edit(completion(CALLS))["choices"][0]

    signed = ["extra_content" in call for call in choice["message"]["tool_calls"]]
    assert signed == [True, False]
    assert choice["finish_reason"] == "stop"


LEGACY_FRAMES = [
    (
        "tool-name-split",
        [
            '{"role":"assistant","content":null,"function_call":{"name":"get_w","arguments":""}}',
            '{"function_call":{"name":"eather"}}',
        ],
    ),
    (
        "tool-arguments-first",
        [
            '{"role":"assistant","content":null,"function_call":{"arguments":"{\\""}}',
            '{"function_call":{"name":"get_weather"}}',
        ],
    ),
    (
        "tool-head-repeated",
        [
            '{"role":"assistant","content":null,"function_call":{"name":"get_weather","arguments":""}}',
            '{"function_call":{"name":"get_weather","arguments":"{\\""}}',
        ],
    ),
    (
        "call-arguments-object",
        [
            (
                '{"role":"assistant","content":null,"function_call":'
                '{"name":"get_weather","arguments":{"city":"Oslo"}}}'
            ),
            "{} 'function_call'",
        ],
    ),
]


@pytest.mark.parametrize(("name", "begins"), LEGACY_FRAMES, ids=[name for name, _ in LEGACY_FRAMES])
def test_the_legacy_call_deviates_alike(name: str, begins: list[str]) -> None:
    assert deviating(name, CALL, **LEGACY)[:2] == begins


@pytest.mark.parametrize(
    "name", ["tool-index-missing", "tool-index-repeated", "tool-index-from-one", "call-id-missing"]
)
def test_the_legacy_call_has_neither_index_nor_id_to_deviate_with(name: str) -> None:
    frames = frames_of(DIALECT, CALL, request(stream=True, **LEGACY), CONTEXT)

    assert edited(DEVIATIONS[name], frames) == frames


def test_a_custom_call_deviates_in_its_own_words() -> None:
    assert deviating("tool-arguments-first", SHELL, **CUSTOM)[:2] == [
        (
            '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"custom",'
            '"custom":{"input":"ls"}}],"refusal":null}'
        ),
        '{"tool_calls":[{"index":0,"custom":{"name":"shell"}}]}',
    ]
    assert deviating("tool-head-null", SHELL, **CUSTOM)[1] == (
        '{"tool_calls":[{"index":0,"id":null,"type":null,"custom":{"name":null,"input":"ls"}}]}'
    )


def test_text_before_a_call_is_told_as_it_is() -> None:
    reply = Reply((Text("Hi"), *CALL.parts), "tool_calls")

    for name in ("tool-index-repeated", "call-arguments-object", "gemini-compat"):
        assert deviating(name, reply)[:2] == [
            '{"role":"assistant","content":"","refusal":null}',
            '{"content":"Hi"}',
        ]
