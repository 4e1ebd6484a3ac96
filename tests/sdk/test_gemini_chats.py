"""Google's SDK keeps a chat: its history goes back with every message, as pieces of a stream too."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai import errors, types
from sdk.gemini_strict import MODEL, Gemini, gathered, settled, strict_gemini, text_of

from mockserver.runner import MockServer

SAID = ("One", "Two", "Three")
TOLD = ["First: One.", "Second: Two.", "Third: Three."]


def get_weather(city: str) -> dict[str, int]:
    """The weather in a city."""
    return {"temp_c": len(city)}


async def say(chat: Any, *messages: Any) -> list[str | None]:
    return [(await settled(chat.send_message(message))).text for message in messages]


async def say_streaming(chat: Any, *messages: Any) -> list[str]:
    return [text_of(await gathered(chat.send_message_stream(message))) for message in messages]


def altered(gemini: Gemini) -> list[str]:
    """What of the turns of the model came back otherwise than it was said, and whatever else was noted."""
    return [str(finding) for entry in gemini.mock.exchanges for finding in entry.findings]


def told_by_model(gemini: Gemini) -> list[str]:
    """The texts of the model in the latest request, as the client sent them back."""
    return [message.text for message in gemini.mock.requests[-1].messages if message.role == "assistant"]


async def test_a_chat_goes_on_for_several_turns(gemini: Gemini) -> None:
    chat = gemini.api.chats.create(model="mock-sdk-gemini-chat")

    assert await say(chat, *SAID) == TOLD
    assert [content.role for content in chat.get_history()] == ["user", "model"] * 3
    assert altered(gemini) == []


@pytest.mark.parametrize("shown", [False, True])
async def test_a_streamed_chat_goes_on_though_its_history_is_in_pieces(
    gemini: Gemini,
    shown: bool,
) -> None:
    thinking = types.ThinkingConfig(include_thoughts=shown)
    chat = gemini.api.chats.create(
        model="mock-sdk-gemini-chat", config=types.GenerateContentConfig(thinking_config=thinking)
    )

    assert await say_streaming(chat, *SAID) == TOLD
    assert len(told_by_model(gemini)) > 4
    assert "".join(told_by_model(gemini)) == "".join(TOLD[:2])
    assert altered(gemini) == []


async def test_streamed_and_whole_answers_may_change_places(gemini: Gemini) -> None:
    chat = gemini.api.chats.create(model="mock-sdk-gemini-chat")

    assert await say_streaming(chat, "One") == TOLD[:1]
    assert await say(chat, "Two") == TOLD[1:2]
    assert await say_streaming(chat, "Three") == TOLD[2:]
    assert altered(gemini) == []


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_chat_calls_functions(gemini: Gemini, streamed: bool) -> None:
    chat = gemini.api.chats.create(
        model=MODEL, config=types.GenerateContentConfig(tools=[get_weather], system_instruction="Be brief.")
    )
    speak: Any = say_streaming if streamed else say

    [weather] = await speak(chat, "What's the weather in Paris?")
    [greeting] = await speak(chat, "Hello!")

    assert weather.endswith('Here is the weather in Paris: {"temp_c":5}')
    assert greeting == "Hello! How can I help you today?"
    assert gemini.mock.requests[-1].system == "Be brief."
    assert [told.answered_by for told in gemini.mock.exchanges] == [
        "weather/1",
        "weather/2",
        "hello/1",
    ]
    assert altered(gemini) == []


async def test_an_asynchronous_chat_awaits_functions(server: MockServer, key: str) -> None:
    async def get_weather(city: str) -> str:
        """The weather in a city."""
        return f"{city}: fine"

    async with strict_gemini(server, key, "async") as gemini:
        config = types.GenerateContentConfig(tools=[get_weather])
        chat = gemini.api.chats.create(model=MODEL, config=config)

        [answer] = await say(chat, "What's the weather in Paris?")

    assert answer == "Here is the weather in Paris: Paris: fine"
    assert altered(gemini) == []


async def test_a_chat_may_begin_with_a_history(gemini: Gemini) -> None:
    history = [types.UserContent("One"), types.ModelContent("First: One.")]
    chat = gemini.api.chats.create(model="mock-sdk-gemini-chat", history=history)

    assert await say(chat, "Two") == ["Second: Two."]


async def test_a_message_may_be_a_list_of_parts(gemini: Gemini) -> None:
    chat = gemini.api.chats.create(model=MODEL)
    picture = types.Part.from_bytes(data=b"\xfb\xff", mime_type="image/png")

    assert await say(chat, ["Look at this: ", picture]) == [
        'You said: "Look at this:" This is an automatic answer.'
    ]


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_blocked_turn_is_left_out_of_what_is_sent(gemini: Gemini, streamed: bool) -> None:
    blocked = types.GenerateContentConfig(
        http_options=types.HttpOptions(headers={"X-Mock-Scenario": "sdk-blocked"})
    )
    chat = gemini.api.chats.create(model=MODEL)

    if streamed:
        await gathered(chat.send_message_stream("How?", config=blocked))
    else:
        await settled(chat.send_message("How?", config=blocked))
    answers = await (say_streaming if streamed else say)(chat, "Hello!")

    assert answers == ["Hello! How can I help you today?"]
    assert [message.text for message in gemini.mock.requests[-1].messages] == ["Hello!"]


async def test_a_chat_goes_on_after_an_error(gemini: Gemini) -> None:
    gemini.mock.script(
        {"scenario": "late", "attempts": [{"error": "overloaded"}, {"reply": "Here I am."}]},
    )
    chat = gemini.api.chats.create(model=MODEL)

    with pytest.raises(errors.ServerError):
        await say(chat, "Are you there?")

    assert await say(chat, "Are you there?") == ["Here I am."]


@pytest.mark.alters
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_turn_that_is_changed_on_its_way_back_is_noted(gemini: Gemini, streamed: bool) -> None:
    chat = gemini.api.chats.create(model="mock-sdk-gemini-chat")
    speak: Any = say_streaming if streamed else say
    await speak(chat, "One")

    history = chat.get_history()
    history[1].parts[0].text = "Zeroth"
    changed = gemini.api.chats.create(model="mock-sdk-gemini-chat", history=history)
    await speak(changed, "Two")

    [told] = altered(gemini)
    assert "Turn 1 of the assistant came back altered: its text was changed from character 0 on" in told
