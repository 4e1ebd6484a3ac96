"""Requests that came before: they are answered as if they had not, only faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import ToyClient
from faults.wires import BUILTIN, DIALECTS, Wires, request_to
from retelling.asked_again import OFTEN, forget, is_written, noted, told

from mockserver.conversation import Http
from mockserver.history.fidelity import Memory
from mockserver.playback.steps import Step, Wait, gathered, plain
from mockserver.retelling.familiar import Acquaintance
from mockserver.settings import FIXED_NOW

Client = Callable[..., ToyClient]

HELLO = "scenario: hello\nmatch: {user: hello}\nreply: Hello.\n"


@pytest.mark.parametrize("profile", ["native", "gateway"])
@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", DIALECTS)
@pytest.mark.parametrize("scenario", [scenario.name for scenario in BUILTIN])
def test_whatever_is_asked_again_is_answered_and_noted_as_if_it_were_new(
    scenario: str, wire: str, *, stream: bool, profile: str
) -> None:
    http = request_to(wire, f"mock-{scenario}", stream=stream)
    familiar, new = Wires(profile=profile), Wires(profile=profile)

    for _ in range(OFTEN):
        again, again_noted = told(familiar, http)
        steps, steps_noted = told(new, http, anew=True)
        assert list(plain(again)) == steps
        assert noted(again_noted) == noted(steps_noted)

    is_counted = scenario == "rate-limit"  # each attempt has an answer of its own
    assert is_written(again) is not is_counted


PACES = [
    "{first: {lognormal: 300ms}, rate: 50 tokens/s}",
    "{first: {uniform: [10ms, 20ms]}, gap: {uniform: [0, 30ms]}}",
    "{first: 0, gap: 20ms, jitter: 5ms}",
    "{gap: 20ms, jitter: 60ms}",
    "{gap: {normal: 1ms, deviation: 30ms}, jitter: lognormal}",
    "{rate: 300 chars/s, jitter: lognormal}",
    "{first: {any_of: [0, 1s]}, gap: {any_of: [0, 0, 5ms]}}",
]


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", DIALECTS)
@pytest.mark.parametrize(("pace", "speed"), [*((pace, 1) for pace in PACES), (PACES[0], 7)])
def test_waits_that_are_drawn_are_drawn_anew_each_time_an_answer_is_told(
    pace: str, wire: str, *, speed: float, stream: bool
) -> None:
    http = request_to(wire, "m", stream=stream)
    scenario = f"scenario: paced\npace: {pace}\nreply: One, two, three; four (five). Six seven eight.\n"
    familiar, new = Wires(scenario, speed=speed), Wires(scenario, speed=speed)

    waits = list[list[Step]]()
    for _ in range(4 * OFTEN):
        again, again_noted = told(familiar, http)
        steps, steps_noted = told(new, http, anew=True)
        waits.append([step for step in steps if isinstance(step, Wait)])
        assert list(plain(again)) == steps
        assert noted(again_noted) == noted(steps_noted)

    assert is_written(again)
    assert len({str(each) for each in waits}) > OFTEN // 2


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", DIALECTS)
def test_a_long_body_that_comes_again_is_answered_and_noted_as_if_it_were_new(
    wire: str, monkeypatch: pytest.MonkeyPatch, *, stream: bool
) -> None:
    monkeypatch.setattr("mockserver.retelling.familiar._LONGEST_BODY", 0)
    http = request_to(wire, "mock-everything", stream=stream)
    familiar, new = Wires(), Wires()

    for _ in range(OFTEN):
        again, again_noted = told(familiar, replace(http, body=bytes(bytearray(http.body))))
        steps, steps_noted = told(new, http, anew=True)
        assert list(plain(again)) == steps
        assert noted(again_noted) == noted(steps_noted)

    assert is_written(again)


def test_a_long_body_with_another_header_or_key_is_another_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.retelling.familiar._LONGEST_BODY", 0)
    wires, http = Wires(), request_to("openai.chat", "m", stream=False)
    for _ in range(OFTEN):
        told(wires, http)

    other = replace(http, headers={**http.headers, "x-mock-scenario": "weather"})

    assert told(wires, other)[1].scenario == "weather/1"
    assert told(wires, replace(http, key="other"))[1].http.key == "other"


@pytest.mark.parametrize("wire", DIALECTS)
def test_each_attempt_tells_the_input_that_it_says_itself(wire: str) -> None:
    attempts = "attempts: [{reply: Hello., usage: {input: 1111}}, {reply: Hi., usage: {input: 2222}}]"
    wires = Wires(f"scenario: it\n{attempts}")

    told_each = [gathered(told(wires, request_to(wire, "m", stream=False))[0]).body for _ in range(OFTEN)]

    assert [b"1111" in body for body in told_each] == [True, *[False] * (OFTEN - 1)]
    assert [b"2222" in body for body in told_each] == [False, *[True] * (OFTEN - 1)]


def test_what_stands_in_a_header_for_one_does_not_stand_in_the_query_for_another() -> None:
    wires, asked = Wires(), request_to("gemini", "m", stream=True)
    in_header = replace(asked, headers={**asked.headers, "alt": "sse"}, query={})
    for _ in range(OFTEN):
        as_array = told(wires, in_header)[0]

    as_events = told(wires, asked)[0]

    assert gathered(as_array).body.startswith(b"[")
    assert gathered(as_events).body.startswith(b"data: ")


def test_long_bodies_are_forgotten_with_their_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.retelling.familiar._LONGEST_BODY", 0)
    wires, http = Wires(), request_to("openai.chat", "mock-hello", stream=False)
    for _ in range(OFTEN):
        told(wires, http)

    wires.service.reset(http.key)

    assert not is_written(told(wires, http)[0])


@pytest.mark.parametrize("wire", DIALECTS)
def test_what_is_handed_back_is_known_whichever_way_it_was_told(wire: str) -> None:
    """The ids of calls and the signatures of thinking are those of the very answer."""
    told_again, told_anew = Wires(), Wires()
    http = request_to(wire, "mock-everything", stream=False)
    for _ in range(OFTEN):
        told(told_again, http)
        told(told_anew, http, anew=True)

    names = names_of(told_again)
    assert names == names_of(told_anew)
    assert len(names) >= (0 if wire == "openai.completions" else OFTEN)


def names_of(wires: Wires) -> set[str]:
    memory = wires.engine.memory("k")
    assert isinstance(memory, Memory)
    return set(memory.named)


def test_a_response_that_was_told_again_can_be_gone_on_from() -> None:
    wires = Wires()
    http = request_to("openai.responses", "mock-hello", stream=False)
    names = [wires.answer("openai.responses", "mock-hello", stream=False).body for _ in range(OFTEN)]

    kept = wires.engine.kept("k", "resp_")

    assert len(kept) == OFTEN
    assert all(name.encode() in body for name, body in zip(kept, names, strict=True))
    stored = wires.engine.recall("k", kept[-1])
    assert stored
    assert stored.native["response"]["id"] == kept[-1]
    assert http.key == "k"


def test_another_header_is_another_request() -> None:
    wires = Wires()
    for _ in range(OFTEN):
        told(wires, request_to("openai.chat", "m", stream=False))
    other = request_to("openai.chat", "m", stream=False, headers={"x-mock-scenario": "weather"})

    assert told(wires, other)[1].scenario == "weather/1"


def test_a_scenario_that_was_loaded_meanwhile_answers(client: Client) -> None:
    toys = client(HELLO)
    before = [toys.ask("hello") for _ in range(OFTEN)]

    toys.engine.load([])

    assert all("Hello." in text for text in before)
    assert toys.status("hello") == 404


def test_a_scenario_that_was_set_up_for_the_key_meanwhile_answers(client: Client) -> None:
    toys = client(HELLO)
    before = [toys.ask("hello") for _ in range(OFTEN)]
    (own,) = client(
        HELLO.replace("Hello.", "Own.").replace("scenario: hello", "scenario: own")
    ).engine.scenarios

    toys.engine.add("k", [own], first=True)

    assert all("Hello." in text for text in before)
    assert "Own." in toys.ask("hello")


def test_progress_is_noted_each_time(client: Client) -> None:
    toys = client(HELLO)
    (own,) = toys.engine.scenarios
    toys.engine.load([])
    toys.engine.add("k", [own])
    for _ in range(OFTEN):
        toys.ask("hello")
    toys.engine.state.played("k").forget("hello")
    assert toys.engine.unplayed("k")

    toys.ask("hello")

    assert not toys.engine.unplayed("k")


def test_attempts_are_counted_on() -> None:
    wires = Wires("scenario: retry\nattempts: [{error: overloaded}, {error: rate_limit}, {reply: At last.}]")
    entries = [told(wires, request_to("openai.chat", "m", stream=False))[1] for _ in range(5)]

    assert [entry.scenario for entry in entries] == [f"retry/1{n}" for n in ("", "#2", "#3", "#4", "#5")]


def test_faults_that_are_set_meanwhile_show() -> None:
    wires = Wires()
    for _ in range(OFTEN):
        told(wires, request_to("openai.chat", "mock-hello", stream=True))

    wires.engine.spoil("k", ("done-missing",))

    steps, entry = told(wires, request_to("openai.chat", "mock-hello", stream=True))
    assert entry.faults == ("done-missing",)
    assert b"[DONE]" not in gathered(steps).body


def test_a_fault_that_cannot_be_had_is_refused_each_time() -> None:
    wires = Wires()
    asked = request_to("openai.chat", "mock-hello+tool-index-missing", stream=True)

    assert {gathered(told(wires, asked)[0]).status for _ in range(OFTEN)} == {400}


def test_with_another_time_it_tells_another_time() -> None:
    wires = Wires()
    http = request_to("openai.chat", "mock-hello", stream=False)
    for _ in range(OFTEN):
        told(wires, http)

    assert b'"created": 7' in gathered(wires.service.respond(http, now=7).steps).body


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", DIALECTS)
def test_while_time_goes_on_each_answer_tells_its_own(wire: str, *, stream: bool) -> None:
    http = request_to(wire, "mock-everything", stream=stream)
    familiar, new = Wires(), Wires()

    for at in range(OFTEN):
        now = 1_799_999_998.75 + 0.375 * at
        again = list(familiar.service.respond(http, now=now).steps)
        forget(new)
        assert list(plain(again)) == list(new.service.respond(http, now=now).steps)

    assert is_written(again)


def test_an_answer_of_long_ago_is_told_anew_until_it_has_come_often_again() -> None:
    wires = Wires()
    http = request_to("openai.chat", "mock-hello", stream=False)
    later = FIXED_NOW + 10_000
    for now in (*[FIXED_NOW] * OFTEN, *[later] * OFTEN):
        steps = list(wires.service.respond(http, now=now).steps)
        if now == FIXED_NOW:
            first_later = list(plain(wires.service.respond(http, now=later).steps))

    assert f'"created": {later:.0f}'.encode() in gathered(first_later).body
    assert is_written(steps)
    assert f'"created": {later:.0f}'.encode() in gathered(steps).body


def test_what_came_with_a_key_is_forgotten_with_it() -> None:
    wires = Wires()
    ours, theirs = (
        replace(request_to("openai.chat", "m", stream=False), key=key) for key in ("ours", "theirs")
    )
    known = Acquaintance()
    for http in (ours, theirs):
        wires.service.respond(http)
        familiar = wires.service._conversing.familiar(http)  # noqa: SLF001 - only there it is seen
        assert familiar
        known.keep(familiar)

    known.forget("ours")
    wires.service.reset("ours")

    assert known.find(ours) is None
    assert wires.service._conversing.familiar(ours) is None  # noqa: SLF001 - not told
    assert known.find(theirs)


def test_a_long_body_is_not_kept() -> None:
    known = Acquaintance()
    assert known.find(Http("POST", "/", body=b"x" * 1_000_000)) is None


def test_who_asks_with_the_same_object_again_is_known_as_long_as_all_is_set_up_as_it_was() -> None:
    wires = Wires()
    http = request_to("openai.chat", "mock-hello", stream=False)
    before = [told(wires, http)[0] for _ in range(OFTEN)]

    wires.engine.spoil("k", ("overloaded",))

    assert is_written(before[-1])
    assert [gathered(told(wires, http)[0]).status for _ in range(OFTEN)] == [503] * OFTEN


def test_the_same_object_is_not_known_to_a_key_that_was_reset() -> None:
    wires = Wires()
    http = request_to("openai.chat", "mock-hello", stream=False)
    first, *_ = [gathered(told(wires, http)[0]) for _ in range(OFTEN)]

    wires.service.reset("k")

    assert gathered(told(wires, http)[0]) == first


@pytest.mark.parametrize("wire", DIALECTS)
def test_objects_that_are_equal_are_counted_as_one_request(wire: str) -> None:
    """Ids follow from how often a request was seen, whichever object it came in."""
    one, each = Wires(), Wires()
    http = request_to(wire, "mock-hello", stream=True)

    told_as_one = [gathered(told(one, http)[0]) for _ in range(OFTEN)]

    assert told_as_one == [gathered(told(each, replace(http))[0]) for _ in range(OFTEN)]


def test_who_has_new_headers_each_time_is_not_met_again() -> None:
    known = Acquaintance()
    new = [request_to("openai.chat", "m", stream=False, headers={"x-request-id": f"{at}"}) for at in range(9)]

    assert not any(known.has_met(http) for http in new)
    assert known.has_met(replace(new[-1]))
    assert not known.has_met(request_to("openai.chat", "m", stream=True))
