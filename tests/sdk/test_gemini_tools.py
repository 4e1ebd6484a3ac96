"""Google's SDK offers functions: called by the SDK itself or by hand, one or many, forced or forbidden."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from google.genai import errors, types
from pydantic import BaseModel
from sdk.gemini_strict import Gemini, only, strict_gemini, text_of

from mockserver.conversation import ToolCall, ToolResult
from mockserver.runner import MockServer

NO_AFC = types.AutomaticFunctionCallingConfig(disable=True)
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def get_weather(city: str) -> dict[str, int]:
    """The weather in a city."""
    return {"temp_c": len(city)}


def get_time(city: str) -> str:
    """The time in a city."""
    return f"noon in {city}"


def declared(name: str, schema: Any = None) -> types.Tool:
    declaration = types.FunctionDeclaration(name=name, parameters_json_schema=schema or CITY)
    return types.Tool(function_declarations=[declaration])


def mode(name: str, *allowed: str) -> types.ToolConfig:
    config = types.FunctionCallingConfig(
        mode=types.FunctionCallingConfigMode(name), allowed_function_names=list(allowed) or None
    )
    return types.ToolConfig(function_calling_config=config)


def calls_of(*responses: types.GenerateContentResponse) -> list[tuple[str | None, Any]]:
    return [(call.name, call.args) for response in responses for call in response.function_calls or ()]


# -------------------------------------------------------------------------- functions the SDK calls itself


async def test_a_python_function_is_called_and_its_result_told(gemini: Gemini) -> None:
    response = await gemini.ask("What's the weather in Paris?", tools=[get_weather])

    assert response.text == 'Here is the weather in Paris: {"temp_c":5}'
    assert len(gemini.mock.exchanges) == 2


async def test_a_result_comes_without_the_id_of_its_call(gemini: Gemini) -> None:
    await gemini.ask("What's the weather in Paris?", tools=[get_weather])

    _, called, answered = gemini.mock.requests[-1].messages
    assert [type(part).__name__ for part in called.parts] == ["Text", "ToolCall"]
    [result] = answered.parts
    assert result == ToolResult("", '{"temp_c":5}', "get_weather")


async def test_a_function_is_called_between_two_streams(gemini: Gemini) -> None:
    chunks = await gemini.stream("What's the weather in Paris?", tools=[get_weather])

    assert text_of(chunks) == 'Let me look that up.Here is the weather in Paris: {"temp_c":5}'
    assert calls_of(*chunks) == [("get_weather", {"city": "Paris"})]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
@pytest.mark.parametrize("streamed", [False, True])
async def test_an_asynchronous_function_is_awaited(
    server: MockServer,
    key: str,
    version: str,
    streamed: bool,
) -> None:
    async def get_weather(city: str) -> dict[str, int]:
        """The weather in a city."""
        return {"temp_c": -len(city)}

    async with strict_gemini(server, key, "async", api_version=version) as gemini:
        ask: Any = gemini.stream if streamed else gemini.ask
        await ask("What's the weather in Paris?", tools=[get_weather])

    [result] = gemini.mock.requests[-1].messages[-1].parts
    assert result == ToolResult("", '{"temp_c":-5}', "get_weather")


async def test_a_function_that_fails_is_told_as_an_error(gemini: Gemini) -> None:
    def get_weather(city: str) -> str:
        """The weather in a city."""
        raise RuntimeError(f"no weather in {city}")

    response = await gemini.ask("What's the weather in Paris?", tools=[get_weather])

    [result] = gemini.mock.requests[-1].messages[-1].parts
    assert isinstance(result, ToolResult)
    assert result.is_error
    assert "no weather in Paris" in (response.text or "")


async def test_several_functions_are_called_in_one_turn(gemini: Gemini) -> None:
    response = await gemini.ask("What's the time and the weather?", tools=[get_weather, get_time])

    assert response.text == 'Weather: {"temp_c":5}. Time: noon in Paris.'
    assert [type(part) for part in gemini.mock.requests[-1].messages[-1].parts] == [ToolResult] * 2


async def test_several_functions_are_called_between_two_streams(gemini: Gemini) -> None:
    chunks = await gemini.stream("What's the time and the weather?", tools=[get_weather, get_time])

    assert text_of(chunks) == 'Weather: {"temp_c":5}. Time: noon in Paris.'


async def test_one_call_leads_to_the_next(gemini: Gemini) -> None:
    def find_city(country: str) -> str:
        """The capital of a country."""
        return {"Norway": "Oslo"}[country]

    response = await gemini.ask("?", model="mock-sdk-gemini-two-steps", tools=[find_city, get_weather])

    assert response.text == 'In Oslo: {"temp_c":4}'
    assert len(gemini.mock.exchanges) == 3


async def test_the_sdk_may_be_told_not_to_call(gemini: Gemini) -> None:
    response = await gemini.ask(
        "What's the weather in Paris?", tools=[get_weather], automatic_function_calling=NO_AFC
    )

    assert calls_of(response) == [("get_weather", {"city": "Paris"})]
    assert len(gemini.mock.exchanges) == 1


class Place(BaseModel):
    city: str
    country: str | None = None


async def test_made_up_arguments_are_those_that_a_function_takes(gemini: Gemini) -> None:
    told: list[Any] = []

    def book_room(place: Place, nights: list[int], price: float, extras: dict[str, str]) -> str:
        """Book a room in a hotel."""
        told.extend((place, *nights, price, extras))
        return "booked"

    response = await gemini.ask("Book a room in Oslo.", tools=[book_room])

    assert response.text == "book_room says: booked."
    assert [type(argument) for argument in told] == [Place, int, float, dict]
    assert told[0].city == "Oslo"


# ----------------------------------------------------------------------------------- functions called by hand


async def test_a_call_and_its_result_by_hand(gemini: Gemini) -> None:
    options: dict[str, Any] = {"tools": [declared("get_weather")]}
    contents: list[Any] = [types.UserContent("What's the weather in Paris?")]

    called = await gemini.ask(contents, **options)
    [call] = called.function_calls or []
    result = types.Part.from_function_response(name=call.name or "", response={"temp_c": 18})
    contents += [only(called).content, types.Content(role="user", parts=[result])]

    assert (await gemini.ask(contents, **options)).text == 'Here is the weather in Paris: {"temp_c":18}'


async def test_the_id_of_a_call_comes_back_with_its_result(gemini: Gemini) -> None:
    options: dict[str, Any] = {"tools": [declared("get_weather")]}
    contents: list[Any] = [types.UserContent("What's the weather in Paris?")]

    called = await gemini.ask(contents, **options)
    [call] = called.function_calls or []
    answered = types.FunctionResponse(id=call.id, name=call.name, response={"output": "18 degrees"})
    result = types.Part(function_response=answered)
    contents += [only(called).content, types.Content(role="user", parts=[result])]
    await gemini.ask(contents, **options)

    _, turn, results = gemini.mock.requests[-1].messages
    assert call.id
    assert [part.id for part in turn.parts if isinstance(part, ToolCall)] == [call.id]
    assert results.parts == (ToolResult(call.id, "18 degrees", "get_weather"),)


async def test_a_call_comes_whole_in_one_chunk(gemini: Gemini) -> None:
    chunks = await gemini.stream("What's the weather in Paris?", tools=[declared("get_weather")])

    calling = [chunk for chunk in chunks if chunk.function_calls]
    assert calls_of(*calling) == [("get_weather", {"city": "Paris"})]
    assert len(calling) == 1
    assert only(calling[0]).finish_reason is None
    assert [part.text for part in chunks[-1].parts or ()] == [""]
    assert only(chunks[-1]).finish_reason is types.FinishReason.STOP


OLD_MODEL = "gemini-2.5-flash"


async def test_a_call_of_an_older_model_brings_the_stop_and_has_no_id(gemini: Gemini) -> None:
    options: dict[str, Any] = {"model": OLD_MODEL, "tools": [declared("get_weather")]}
    whole = await gemini.ask("What's the weather in Paris?", **options)
    *chunks, last = await gemini.stream("What's the weather in Paris?", **options)

    assert calls_of(whole) == calls_of(last) == [("get_weather", {"city": "Paris"})]
    assert [call.id for response in (whole, last) for call in response.function_calls or ()] == [None, None]
    assert only(last).finish_reason is types.FinishReason.STOP
    assert all(only(chunk).finish_reason is None for chunk in chunks)


async def test_functions_are_called_for_an_older_model_too(gemini: Gemini) -> None:
    options: dict[str, Any] = {"model": OLD_MODEL, "tools": [get_weather, get_time]}
    whole = await gemini.ask("What's the time and the weather?", **options)
    chunks = await gemini.stream("What's the time and the weather?", **options)

    assert whole.text == text_of(chunks) == 'Weather: {"temp_c":5}. Time: noon in Paris.'


async def test_calls_end_with_stop(gemini: Gemini) -> None:
    response = await gemini.ask("What's the weather in Paris?", tools=[declared("get_weather")])

    assert only(response).finish_reason is types.FinishReason.STOP


THREE_CALLS = [
    ("get_weather", {"city": "Paris"}),
    ("get_weather", {"city": "Oslo"}),
    ("get_time", {"city": "Oslo"}),
]


async def test_parallel_calls_come_in_order_and_only_the_first_is_signed(gemini: Gemini) -> None:
    options: dict[str, Any] = {"tools": [declared("get_weather"), declared("get_time")]}

    whole = await gemini.ask(model="mock-sdk-gemini-parallel", **options)
    chunks = await gemini.stream(model="mock-sdk-gemini-parallel", **options)

    assert calls_of(whole) == calls_of(*chunks) == THREE_CALLS
    for responses in ([whole], chunks):
        parts = [part for found in responses for part in found.parts or () if part.function_call]
        assert [bool(part.thought_signature) for part in parts] == [True, False, False]
        assert len({part.function_call.id for part in parts if part.function_call}) == 3


async def test_parallel_calls_are_answered_by_as_many_results(gemini: Gemini) -> None:
    options: dict[str, Any] = {"tools": [declared("get_weather"), declared("get_time")]}
    called = await gemini.ask("Go", model="mock-sdk-gemini-parallel", **options)
    results = [
        types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"n": at}))
        for at, call in enumerate(called.function_calls or ())
    ]
    contents = [types.UserContent("Go"), only(called).content, types.Content(role="user", parts=results)]

    answer = await gemini.ask(contents, model="mock-sdk-gemini-parallel", **options)

    assert answer.text == "All 2 functions have answered."
    assert len(gemini.mock.requests[-1].messages[-1].parts) == 3


async def test_a_call_without_arguments_has_an_empty_object(gemini: Gemini) -> None:
    nothing = types.FunctionDeclaration(name="now", description="The time.")
    tools = [types.Tool(function_declarations=[nothing])]

    whole = await gemini.ask(model="mock-sdk-no-arguments", tools=tools)
    chunks = await gemini.stream(model="mock-sdk-no-arguments", tools=tools)

    assert calls_of(whole) == calls_of(*chunks) == [("now", {})]


# ----------------------------------------------------------------------------------------- which are called

SCHEMAS: dict[str, Any] = {
    "plain": CITY,
    "nothing": {"type": "object", "properties": {}},
    "nested": {
        "type": "object",
        "properties": {
            "where": {"$ref": "#/$defs/place"},
            "days": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": 7},
                "minItems": 2,
            },
            "unit": {"enum": ["celsius", "fahrenheit"]},
            "when": {"type": "string", "format": "date-time"},
        },
        "required": ["where", "days", "unit", "when"],
        "additionalProperties": False,
        "$defs": {
            "place": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]}
        },
    },
}


@pytest.mark.parametrize("name", SCHEMAS)
async def test_any_forces_a_call_with_valid_arguments(gemini: Gemini, name: str) -> None:
    options: dict[str, Any] = {"tools": [declared("look_up", SCHEMAS[name])], "tool_config": mode("ANY")}

    whole = await gemini.ask("Just talk to me.", **options)
    chunks = await gemini.stream("Just talk to me.", **options)

    [(called, arguments)] = calls_of(whole)
    assert called == "look_up"
    assert calls_of(*chunks) == [(called, arguments)]
    jsonschema.validate(arguments, SCHEMAS[name])


async def test_a_schema_in_googles_own_words_is_obeyed(gemini: Gemini) -> None:
    schema = types.Schema(
        type=types.Type.OBJECT,
        properties={
            "size": types.Schema(type=types.Type.INTEGER, minimum=10, maximum=12),
            "colour": types.Schema(type=types.Type.STRING, format="enum", enum=["red", "blue"]),
            "note": types.Schema(type=types.Type.STRING, nullable=True, max_length=3),
        },
        required=["size", "colour", "note"],
    )
    declaration = types.FunctionDeclaration(name="paint", parameters=schema)
    tools = [types.Tool(function_declarations=[declaration])]

    response = await gemini.ask("Go on.", tools=tools, tool_config=mode("ANY"))

    [(_, arguments)] = calls_of(response)
    assert 10 <= arguments["size"] <= 12
    assert arguments["colour"] in {"red", "blue"}
    assert arguments["note"] is None or len(arguments["note"]) <= 3


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (mode("NONE"), []),
        (mode("ANY", "get_time"), ["get_time"]),
        (mode("ANY", "get_weather", "get_time"), ["get_weather"]),
        (mode("AUTO"), ["get_weather"]),
        (mode("VALIDATED"), ["get_weather"]),
        (None, ["get_weather"]),
    ],
)
async def test_the_mode_says_what_may_be_called(
    gemini: Gemini, config: types.ToolConfig | None, expected: list[str]
) -> None:
    response = await gemini.ask(
        "What's the weather in Paris?",
        tools=[declared("get_weather"), declared("get_time")],
        tool_config=config,
        automatic_function_calling=NO_AFC,
    )

    assert [name for name, _ in calls_of(response)] == expected


@pytest.mark.parametrize("wrong", ["get_time", "get_wether"])
async def test_a_result_that_the_scenario_does_not_expect_is_refused(gemini: Gemini, wrong: str) -> None:
    call = types.FunctionCall(name="get_weather", args={"city": "Rome"})
    called = types.ModelContent([types.Part(function_call=call, thought_signature=b"s")])
    result = types.Part.from_function_response(name=wrong, response={"result": 1})
    contents = [types.UserContent("Weather in Rome?"), called, types.Content(role="user", parts=[result])]

    with pytest.raises(errors.ClientError, match="wanted a result of get_weather, got a result of"):
        await gemini.ask(contents, tools=[declared("get_weather")])
