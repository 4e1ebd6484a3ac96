"""What the assistant said against what a client hands back of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from unittest.mock import patch

import pytest
from history.handed_back import (
    HELLO,
    NEXT,
    PICTURE,
    SIGNED,
    TIME,
    WEATHER,
    assistant,
    between,
    findings,
    remembering,
)
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import (
    Attachment,
    Finding,
    Message,
    MessagePart,
    Native,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from mockserver.history import fidelity
from mockserver.history.fidelity import Memory, followed

# ------------------------------------------------------------------------------- what is a difference


@pytest.mark.parametrize(
    ("came", "told"),
    [
        ("Hello the", 'its text was lost from character 9 on; said "re!", came "".'),
        ("Hello there! Bye", 'its text was added to from character 12 on; said "", came " Bye".'),
        ("Hello hero!", 'its text was changed from character 6 on; said "there!", came "hero!".'),
    ],
)
def test_text_that_is_not_what_was_said_is_told_from_where_it_parts(came: str, told: str) -> None:
    (finding,) = findings(remembering(Text("Hello there!")), HELLO, assistant(Text(came)), NEXT)

    assert finding == Finding(
        "altered", "text_altered", "", f"Turn 1 of the assistant came back altered: {told}"
    )


@pytest.mark.parametrize(
    ("said", "came", "code"),
    [
        ((Refusal("I will not."),), (Refusal("I will."),), "refusal_altered"),
        ((Refusal("I will not."),), (Text("I will not."),), "text_altered"),
        ((Text("Hi"), WEATHER), (Text("Hi"),), "tool_calls_altered"),
        ((WEATHER,), (WEATHER, TIME), "tool_calls_altered"),
        ((WEATHER,), (ToolCall("Weather", WEATHER.arguments, "call-1"),), "tool_name_altered"),
        ((WEATHER,), (ToolCall("weather", {"city": "Roma"}, "call-1"),), "tool_arguments_altered"),
        ((WEATHER,), (ToolCall("weather", '{"city": "Rome", ', "call-1"),), "tool_arguments_altered"),
        ((WEATHER,), (ToolCall("weather", WEATHER.arguments, "other"),), "tool_call_id_altered"),
        ((WEATHER,), (ToolCall("weather", WEATHER.arguments),), "tool_call_id_altered"),
        ((SIGNED,), (replace(SIGNED, signature="other"),), "signature_altered"),
        ((SIGNED,), (replace(SIGNED, signature=None),), "signature_altered"),
        ((WEATHER, TIME), (TIME, WEATHER), "order_altered"),
        ((Text("Hi"), WEATHER), (WEATHER, Text("Hi")), "order_altered"),
        ((Thinking("Hm"), Text("Hi")), (Text("Hi"), Thinking("Hm")), "order_altered"),
        ((Thinking("Hm, so"), Text("Hi")), (Thinking("Hm"), Text("Hi")), "thinking_altered"),
        ((Thinking("a", "s"), Thinking("b", "t")), (Thinking("a", "s"),), "thinking_altered"),
        ((Thinking("secret", redacted=True),), (Thinking("other", redacted=True),), "thinking_altered"),
        ((Thinking("Hm", "sig"),), (Thinking("Hm", "gis"),), "signature_altered"),
        ((Thinking("Hm", "sig"),), (Thinking("Hm"),), "signature_altered"),
    ],
)
def test_what_differs_has_a_code_of_its_own(
    said: tuple[MessagePart, ...], came: tuple[MessagePart, ...], code: str
) -> None:
    assert between(said, came) == [code]


@pytest.mark.parametrize(
    ("said", "came"),
    [
        ({"a": True}, {"a": 1}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": [1]}, {"a": [1, 2]}),
        ({"a": "1"}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {}}),
        ({"a": [None]}, {"a": []}),
    ],
)
def test_arguments_are_compared_as_json_values(said: dict[str, object], came: dict[str, object]) -> None:
    assert between((ToolCall("f", said, "id"),), (ToolCall("f", came, "id"),)) == ["tool_arguments_altered"]


def test_the_first_difference_is_told_and_no_more() -> None:
    assert between((Text("Hi"), WEATHER), (Text("Ho"), TIME)) == ["text_altered"]


def test_what_is_shown_of_a_long_text_is_short() -> None:
    (finding,) = findings(remembering(Text("a" * 500)), HELLO, assistant(Text("b" * 500)), NEXT)

    assert f'said "{"a" * 60}…", came "{"b" * 60}…"' in finding.message


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_said_again_counts_as_it_was_received_last(*, whole: bool) -> None:
    said = (Text("One"), WEATHER)
    memory = Memory()
    for is_received in (not whole, whole):
        memory.remember(followed((HELLO,)), said, partial(bool, is_received))

    found = findings(memory, HELLO, assistant(Text("Two"), WEATHER), NEXT)

    assert [finding.code for finding in found] == ["text_altered"] * whole


def test_what_is_said_again_behind_the_words_of_the_client_is_another_turn() -> None:
    said = (Text("there"),)
    memory = Memory()
    memory.remember(followed((HELLO,)), said, lambda: True)
    memory.remember(followed((HELLO, assistant(Text("Hello ")))), said, lambda: True)

    assert not findings(memory, HELLO, assistant(Text("Hello there")), NEXT)
    assert not findings(memory, HELLO, assistant(Text("there")), NEXT)


def test_each_turn_is_compared_and_told_with_its_number() -> None:
    memory = remembering(Text("One"))
    memory.remember(followed((HELLO, assistant(Text("One")), NEXT)), (Text("Two"),), lambda: True)

    told = findings(memory, HELLO, assistant(Text("One")), NEXT, assistant(Text("Too")), NEXT)

    assert [finding.message[:6] for finding in told] == ["Turn 2"]


# ---------------------------------------------------------------------------------- what is no difference


def test_a_turn_kept_as_a_message_for_each_chunk_is_the_same() -> None:
    memory = remembering(Thinking("Let me see"), Text("Hello there"), WEATHER)
    chunks = (Thinking("Let "), Thinking("me see"), Text("Hello"), Text(" there"), Text(""), WEATHER)

    assert findings(memory, HELLO, *(assistant(chunk) for chunk in chunks), NEXT) == []


@pytest.mark.parametrize(
    ("said", "came"),
    [
        pytest.param((Text("Hello"),), (Text("Hel"), Text("lo")), id="text in other pieces"),
        pytest.param((Text("Hello"),), (Text(""), Text("Hello"), Text("")), id="empty texts"),
        pytest.param((WEATHER,), (Text(""), WEATHER), id="an empty text beside a call"),
        pytest.param((Thinking("Hm", "sig"), Text("Hi")), (Text("Hi"),), id="thinking left out"),
        pytest.param((Thinking("Hm"), WEATHER), (Thinking(""), WEATHER), id="thinking without its text"),
        pytest.param(
            (Text("a"), Thinking("Hm"), Text("b")), (Text("ab"),), id="thinking between texts left out"
        ),
        pytest.param((Text("Hi"), Native({"toy": 1})), (Text("Hi"),), id="a part of one wire left out"),
        pytest.param((Text("Hi"),), (Native({"toy": 1}), Text("Hi")), id="a part that no other wire knows"),
        pytest.param((ToolCall("f", {}),), (ToolCall("f", {}, "made-up"),), id="an id where none was given"),
    ],
)
def test_what_clients_do_to_a_turn_is_no_difference(
    said: tuple[MessagePart, ...], came: tuple[MessagePart, ...]
) -> None:
    assert between(said, came) == []


@pytest.mark.parametrize(
    "came",
    [
        pytest.param('{ "city" : "Rome",\n "days" : [1, 2] }', id="white space"),
        pytest.param('{"days":[1,2],"city":"Rome"}', id="order of keys"),
        pytest.param('{"city":"\\u0052ome","days":[1,2.0]}', id="escapes and spellings of numbers"),
        pytest.param({"city": "Rome", "days": [1, 2], "unit": None}, id="null added"),
        pytest.param({"city": "Rome", "days": [1, 2]}, id="a value instead of its text"),
    ],
)
def test_arguments_written_otherwise_are_the_same(came: str | dict[str, object]) -> None:
    assert between((WEATHER,), (ToolCall("weather", came, "call-1"),)) == []


def test_members_that_are_null_may_be_dropped() -> None:
    said = ToolCall("f", {"a": None, "b": [{"c": None, "d": 1}]}, "id")

    assert between((said,), (ToolCall("f", {"b": [{"d": 1}]}, "id"),)) == []


def test_broken_arguments_come_back_as_they_were() -> None:
    assert between((ToolCall("f", '{"a": ', "id"),), (ToolCall("f", '{"a": ', "id"),)) == []


def test_of_cut_arguments_what_could_be_read_may_come_back() -> None:
    said = ToolCall("f", '{"a": 1, "b": "Ro', "id")

    assert between((said,), (ToolCall("f", {"a": 1}, "id"),)) == []


# -------------------------------------------------------------------------------- how a turn is found


@pytest.mark.parametrize(
    ("shown", "system"), [(Attachment("image/png", url="http://a/other.png"), "S"), (PICTURE, "Other")]
)
def test_other_system_texts_or_pictures_are_another_place(shown: Attachment, system: str) -> None:
    memory = Memory()
    memory.remember(followed((Message("user", (Text("Hi"), PICTURE)),), "S"), (Text("One"),), lambda: True)

    asked = (Message("user", (Text("Hi"), shown)), assistant(Text("Two")), NEXT)

    assert list(memory.differences(followed(asked, system))) == []


def test_a_turn_is_found_by_the_id_of_a_call_wherever_it_stands() -> None:
    memory = remembering(Text("Let me see"), WEATHER)

    moved = findings(memory, Message("user", (Text("Other words"),)), assistant(Text("Hm"), WEATHER), NEXT)

    assert [finding.code for finding in moved] == ["text_altered"]


def test_a_turn_is_found_by_its_signature_wherever_it_stands() -> None:
    memory = remembering(Thinking("Hm", "sig"), Text("Hi"))

    moved = findings(memory, NEXT, assistant(Thinking("Hm", "sig"), Text("Ho")), NEXT)

    assert [finding.code for finding in moved] == ["text_altered"]


def test_a_turn_without_a_name_is_found_by_what_was_said_before_it() -> None:
    memory = remembering(Text("Hi"))

    assert findings(memory, HELLO, assistant(Text("Ho")), NEXT) != []
    assert findings(memory, NEXT, assistant(Text("Ho")), NEXT) == []


def test_what_the_assistant_had_said_before_does_not_move_a_turn() -> None:
    memory = remembering(Text("Two"), after=(HELLO, assistant(Text("One")), NEXT))

    told = findings(memory, HELLO, assistant(Text("Altered")), NEXT, assistant(Text("Too")), NEXT)

    assert [finding.code for finding in told] == ["text_altered"]


def test_results_of_tools_tell_places_apart() -> None:
    def asked(result: str) -> tuple[Message, ...]:
        return HELLO, assistant(WEATHER), Message("tool", (ToolResult("call-1", result),))

    memory = remembering(Text("It is cold."), after=asked("2"))

    assert findings(memory, *asked("2"), assistant(Text("It is hot.")), NEXT) != []
    assert findings(memory, *asked("30"), assistant(Text("It is hot.")), NEXT) == []


def test_any_of_several_turns_of_one_place_may_come_back() -> None:
    memory = remembering(Text("One"))
    memory.remember(followed((HELLO,)), (Text("Two"),), lambda: True)

    assert findings(memory, HELLO, assistant(Text("One")), NEXT) == []
    assert findings(memory, HELLO, assistant(Text("Two")), NEXT) == []


def test_what_none_of_several_turns_was_is_compared_with_the_latest() -> None:
    memory = remembering(Text("One"))
    memory.remember(followed((HELLO,)), (Text("Two"),), lambda: True)

    (finding,) = findings(memory, HELLO, assistant(Text("Three")), NEXT)

    assert 'said "wo", came "hree"' in finding.message


def test_nothing_is_held_against_a_turn_where_more_was_said_than_is_remembered() -> None:
    memory = Memory()
    for number in range(9):
        memory.remember(followed([HELLO]), (Text(f"Answer {number}"),), lambda: True)

    assert findings(memory, HELLO, assistant(Text("Answer 0")), NEXT) == []


def test_the_same_turn_again_takes_no_room() -> None:
    memory = remembering(Text("Rare"))
    for _ in range(20):
        memory.remember(followed((HELLO,)), (Text("Often"),), lambda: True)

    assert findings(memory, HELLO, assistant(Text("Rare")), NEXT) == []


def test_the_oldest_turns_go_beyond_what_is_remembered_in_all() -> None:
    memory = remembering(Text("Hello"))
    for number in range(9):
        memory.remember(
            followed((Message("user", (Text(str(number)),)),)), (Text("x" * 2**20),), lambda: True
        )

    assert findings(memory, HELLO, assistant(Text("Altered")), NEXT) == []


def test_what_the_client_began_comes_back_with_what_was_said() -> None:
    memory = remembering(Text("there"), after=(HELLO, assistant(Text("Hello "))))

    assert findings(memory, HELLO, assistant(Text("Hello there")), NEXT) == []
    assert findings(memory, HELLO, assistant(Text("Hello where")), NEXT) != []


def test_a_turn_that_was_paused_comes_back_with_what_it_went_on_with() -> None:
    memory = remembering(Thinking("Hm", "sig"), Text("I search"))
    memory.remember(
        followed((HELLO, assistant(Thinking("Hm", "sig"), Text("I search")))),
        (Text(", I find"),),
        lambda: True,
    )

    turn = (assistant(Thinking("Hm", "sig"), Text("I search")), assistant(Text(", I find")))

    assert findings(memory, HELLO, *turn, NEXT) == []
    assert findings(memory, HELLO, turn[0], NEXT) == []


SAID: list[tuple[MessagePart, ...]] = [
    (Text("One"),),
    (WEATHER,),
    (Text("Two"),),
    (Text("Three"), WEATHER),
    (TIME,),
]
PLACES = st.sampled_from([HELLO, NEXT])


@given(st.data())
def test_a_turn_that_was_found_faithful_is_looked_at_again_once_anything_is_forgotten(
    data: st.DataObject,
) -> None:
    with patch.multiple(fidelity, _TURNS=3, _SAME_PLACE=2):
        memory, other = Memory(), Memory()
    told = [(place, assistant(*turn), NEXT) for place in (HELLO, NEXT) for turn in SAID[:2]]
    kept = [followed(messages) for messages in told]

    for _ in range(data.draw(st.integers(1, 12))):
        place, turn = data.draw(PLACES), data.draw(st.sampled_from(SAID))
        with patch.object(fidelity, "_SAME_PLACE", 2):
            data.draw(st.sampled_from([memory, other])).remember(followed((place,)), turn, lambda: True)
            for known in (memory, other):
                for conversation, messages in zip(kept, told, strict=True):
                    assert list(known.differences(conversation)) == list(
                        known.differences(followed(messages))
                    )


# ------------------------------------------------------------------------------- what is not compared


def test_a_history_that_was_never_said_here_is_let_be() -> None:
    assert findings(Memory(), HELLO, assistant(Text("I am written by hand"), WEATHER), NEXT) == []


def test_the_beginning_of_the_next_answer_is_none_of_its_turns() -> None:
    assert findings(remembering(Text("Hello there")), HELLO, assistant(Text("Hel"))) == []


def test_what_did_not_reach_the_client_whole_is_not_compared() -> None:
    assert (
        findings(remembering(Text("Hello there"), whole=False), HELLO, assistant(Text("Hello")), NEXT) == []
    )


def test_what_did_not_reach_the_client_whole_may_have() -> None:
    memory = remembering(Text("Hello there"), whole=False)
    memory.remember(followed((HELLO,)), (Text("Hi"),), lambda: True)

    assert findings(memory, HELLO, assistant(Text("Hello there")), NEXT) == []


# ------------------------------------------------------------------------------------ where it stands


def test_the_place_in_the_body_is_that_of_the_first_message_of_the_turn() -> None:
    turn = (Message("assistant", (Text("Hel"),), "/m/1"), Message("assistant", (Text("p!"),), "/m/2"))

    (finding,) = findings(remembering(Text("Hello")), HELLO, *turn, NEXT)

    assert finding.pointer == "/m/1"


def test_a_place_makes_no_difference_between_messages() -> None:
    assert Message("user", (), "/m/1") == Message("user", ())
    assert repr(Message("user", (), "/m/1")) == repr(Message("user", ()))
