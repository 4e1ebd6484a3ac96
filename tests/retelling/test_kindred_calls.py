"""Calls of tools that are handed back with their results, as others were before: each round trip is answered
and noted as if it were the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from benchmark.wires import WIRES
from faults.wires import DIALECTS, Wires, request_to
from retelling.asked_again import OFTEN, noted, told

from mockserver.conversation import Http, Json
from mockserver.playback.steps import gathered, plain

WEATHER = """
    scenario: weather
    match: {user: '/weather in (?P<city>\\w+)/', tools: get_weather}
    turns:
      - reply:
          - text: Let me see.
          - tool_call: get_weather
            arguments: {city: "{{ city }}"}
      - expect: {tool_result: {get_weather: '/(?P<degrees>\\d+)/'}}
        attempts:
          - reply: "It is {{ results.get_weather }} in {{ city }}."
          - reply: "As I said: {{ degrees }}"
    ---
    scenario: other
    reply: Nothing.
"""
CALLING = {wire.dialect: wire for wire in WIRES.values()}


def question(wire: str, text: str) -> Http:
    asking = CALLING[wire]
    headers = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    return Http("POST", asking.path, headers, {}, orjson.dumps(asking.body(text) | asking.tools), key="k")


def handed_back(wire: str, http: Http, answer: bytes) -> Http:
    """What goes on from a call, with its result."""
    body = CALLING[wire].hand_back(orjson.loads(http.body), orjson.loads(answer))
    return replace(http, body=orjson.dumps(body))


LAST_ID = re.compile(rb'((?:.*"(?:tool_call_id|call_id|tool_use_id|id)":").*?)(?=")')
ALTERED: dict[str, Callable[[bytes, int], bytes]] = {
    "as it was told": lambda body, _: body,
    "with another result": lambda body, number: body.replace(b"18", b"%d" % number),
    "with a result that nobody expects": lambda body, _: body.replace(b"18", b"null"),
    "with other arguments": lambda body, _: body.replace(b'city":"Rome', b'city":"Oslo').replace(
        b'city\\":\\"Rome', b'city\\":\\"Oslo'
    ),
    "with other words before the call": lambda body, _: body.replace(b"Let me", b"Let us"),
    "with a blank before the call": lambda body, _: body.replace(b"Let me see.", b" "),
    "with another tool": lambda body, _: body.replace(b"get_weather", b"get_time", 1),
    "with another id": lambda body, _: LAST_ID.sub(rb"\1x", body),
    "with an odd id": lambda body, _: LAST_ID.sub(rb"\1 ", body),
}


@pytest.mark.parametrize("alteration", ALTERED)
@pytest.mark.parametrize("wire", CALLING)
def test_each_round_trip_of_a_tool_is_answered_and_noted_as_if_none_had_come_before(
    wire: str, alteration: str
) -> None:
    with_others, alone = Wires(WEATHER), Wires(WEATHER)
    altered: list[bool] = []
    for number in range(3 * OFTEN):
        http = question(wire, f"weather in Rome, {number}?")
        answer = gathered(told(with_others, http)[0]).body
        told(alone, http)
        for wires in (with_others, alone):
            wires.journal.entries()[-1].outcome = "complete"
        back = handed_back(wire, http, answer)
        sent = replace(back, body=ALTERED[alteration](back.body, number))
        altered.append(sent.body != back.body)
        for same in [sent] * 2:
            steps, entry = told(with_others, same)
            wanted, wanted_entry = told(alone, same, anew=True)
            assert list(plain(steps)) == wanted
            assert noted(entry) == noted(wanted_entry)

    assert any(altered) or alteration == "as it was told"


@pytest.mark.parametrize("wire", CALLING)
def test_a_call_that_is_handed_back_with_another_result_is_not_read_anew(
    wire: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wires = Wires(WEATHER)
    answered = list[Http]()
    for number in range(2):
        http = question(wire, f"weather in Rome, {number}?")
        back = handed_back(wire, http, gathered(told(wires, http)[0]).body)
        answered.append(replace(back, body=back.body.replace(b"18", b"%d" % number)))
    told(wires, answered[0])

    monkeypatch.setattr(DIALECTS[wire], "read", lambda *_: pytest.fail("read anew"))

    assert rb"\"temp_c\":1}" in gathered(told(wires, answered[1])[0]).body


def test_what_was_found_in_calls_is_told_with_the_ids_of_each() -> None:
    with_others, alone = Wires(contract="off"), Wires(contract="off")
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    for number in range(OFTEN):
        messages = [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "tool_calls": [{**call, "id": f"call_{number}"}]},
            {"role": "user", "content": "so?"},
        ]
        http = request_to("openai.chat", "m", stream=False, messages=messages)

        _, entry = told(with_others, http)

        assert noted(entry) == noted(told(alone, http, anew=True)[1])
        assert [f"call_{number}" in finding.message for finding in entry.findings] == [True]


ODD: list[Json] = [None, True, 0, 1.0, "", " ", "x", "a b", "fc_1", "é" * 80, "{", [], [""], {}, {"a": 1}]


def places(value: Json, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all that stands in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in inner:
        yield (*way, step)
        yield from places(member, (*way, step))


@pytest.mark.parametrize("contract", ["documented", "off"])
@pytest.mark.parametrize("wire", CALLING)
def test_whatever_stands_wherever_in_a_round_trip_is_answered_as_if_none_had_come_before(
    wire: str, contract: str
) -> None:
    with_others, alone = Wires(WEATHER, contract=contract), Wires(WEATHER, contract=contract)
    http = question(wire, "weather in Rome")
    back = handed_back(wire, http, gathered(told(with_others, http)[0]).body)
    told(alone, http)
    for _ in range(OFTEN):
        told(with_others, back)
        told(alone, back, anew=True)
    said = [way for way in places(orjson.loads(back.body)) if way[0] in {"messages", "input", "contents"}]

    for way in said:
        for odd in ODD:
            body = holder = orjson.loads(back.body)
            for step in way[:-1]:
                holder = holder[step]
            holder[way[-1]] = odd
            other = replace(back, body=orjson.dumps(body))
            steps, entry = told(with_others, other)
            wanted, wanted_entry = told(alone, other, anew=True)
            assert list(plain(steps)) == wanted, (way, odd)
            assert noted(entry) == noted(wanted_entry), (way, odd)
