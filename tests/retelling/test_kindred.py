"""Requests that differ in nothing but words from one that came: each is answered as if it were alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from faults.wires import DIALECTS, Wires, request_to
from retelling.asked_again import OFTEN, SPOKEN, TALKING, asking, noted, told

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Failure, Http, Json
from mockserver.playback.steps import gathered, plain
from mockserver.protocols.base import Context
from mockserver.retelling import kindred
from mockserver.retelling.kindred import Kindred


def asked(wire: str, text: str, **options: Json) -> Http:
    return request_to(wire, "m", stream=False, **SPOKEN[wire](text), **options)


@pytest.mark.parametrize("wire", TALKING)
def test_what_follows_from_the_kind_is_worked_out_once(wire: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wires = Wires("scenario: it\nreply: 'You said {{ user }}'")
    told(wires, asking(wire, 0))

    def read(*_: object) -> Failure:
        return Failure("server_error", message="read anew")

    monkeypatch.setattr(DIALECTS[wire], "read", read)

    assert b"You said Question 0001?" in gathered(told(wires, asking(wire, 1))[0]).body
    assert b"read anew" in gathered(told(wires, asking(wire, 1, more=1))[0]).body


@pytest.mark.parametrize("wire", DIALECTS)
def test_each_is_answered_by_the_scenario_for_its_words(wire: str) -> None:
    script = """
        scenario: one
        match: {user: one}
        reply: One.
        ---
        scenario: two
        match: {user: '/two (?P<more>.*)/'}
        reply: "Two {{ more }}"
        ---
        scenario: three
        match: {user: three}
        attempts: [{reply: Three.}, {reply: Four.}]
    """
    with_others, alone = Wires(script), Wires(script)

    for number in range(3 * OFTEN):
        for text in (f"one {number % 3}", f"two {number}", "three", f"three {number}", "none of them"):
            http = asked(wire, text)
            steps, entry = told(with_others, http)
            wanted, wanted_entry = told(alone, http, anew=True)
            assert list(plain(steps)) == wanted
            assert noted(entry) == noted(wanted_entry)


@pytest.mark.parametrize("wire", TALKING)
def test_a_scenario_that_looks_at_the_body_or_at_a_header_is_found(wire: str) -> None:
    pointer = {
        "openai.chat": "/messages/0/content",
        "openai.responses": "/input",
        "anthropic": "/messages/0/content",
        "gemini": "/contents/0/parts/0/text",
    }[wire]
    script = f"""
        scenario: it
        match: {{body: {{{pointer}: /two/}}}}
        reply: It is two.
        ---
        scenario: long
        match: {{header: {{content-length: "3"}}}}
        reply: It is long.
    """
    wires = Wires(script)
    said = []
    for text, length in (("one", "1"), ("two", "1"), ("one", "3"), ("one", "1")):
        http = asked(wire, text)
        http = replace(http, headers={**http.headers, "content-length": length})
        said.append(told(wires, http)[1].scenario)

    assert said == ["", "it/1", "long/1", ""]


@pytest.mark.parametrize("wire", TALKING)
def test_a_scenario_that_is_added_meanwhile_answers(wire: str) -> None:
    wires = Wires("scenario: it\nreply: Hello.")
    for number in range(OFTEN):
        told(wires, asking(wire, number))

    wires.engine.add("k", parse_scenarios("scenario: own\nreply: My own.", "own.yaml"))

    assert told(wires, asking(wire, OFTEN))[1].scenario == "own/1"
    assert told(wires, asking(wire, OFTEN + 1))[1].scenario == "own/1"


@pytest.mark.parametrize("wire", TALKING)
def test_whoever_is_hastened_again_and_again_waits_as_long_as_was_set_last(wire: str) -> None:
    script = "scenario: it\npace: {first: 12s}\nreply: Hello."
    for speeds in ((1, 2, 3, 4), (4, 3, 2, 1)):
        wires = Wires(script)
        for speed in speeds:
            wires.engine.hasten("k", speed)
            for number in range(OFTEN):
                steps, _ = told(wires, asking(wire, number))
                assert [step.until for step in steps if hasattr(step, "until")] == [12 / speed]


@pytest.mark.parametrize("wire", TALKING)
def test_another_header_makes_another_kind(wire: str) -> None:
    wires = Wires("scenario: it\nreply: Hello.\n---\nscenario: other\nmatch: by-name\nreply: Other.")
    for number in range(OFTEN):
        told(wires, asking(wire, number))
    http = asking(wire, OFTEN)

    _, entry = told(wires, replace(http, headers={**http.headers, "x-mock-scenario": "other"}))

    assert entry.scenario == "other/1"


@pytest.mark.parametrize("wire", TALKING)
def test_a_body_that_is_none_is_refused_among_its_kind(wire: str) -> None:
    with_others, alone = Wires(), Wires()
    told(with_others, asking(wire, 0))

    for body in (
        b"",
        b"{",
        b"[]",
        b"1",
        b'{"messages":[]}',
        b'{"input":"","contents":[]}',
        b"\xff",
        b"{}" * 2,
    ):
        http = replace(asking(wire, 1), body=body)
        assert list(plain(told(with_others, http)[0])) == told(alone, http, anew=True)[0]


def test_an_altered_history_is_found_in_a_conversation_of_a_kind() -> None:
    wires = Wires("scenario: it\nafter: repeat\nreply: 'You said {{ user }}'")

    def going_on(first: str, answer: str, second: str) -> Http:
        said = [("user", first), ("assistant", answer), ("user", second)]
        messages = [{"role": role, "content": text} for role, text in said]
        return request_to("openai.chat", "m", stream=False, messages=messages)

    found = []
    for number in range(OFTEN):
        gathered(told(wires, asked("openai.chat", f"First {number}"))[0])
        wires.journal.entries()[-1].outcome = "complete"
        answer = f"You said First {number}" if number % 2 else "You said nothing"
        _, entry = told(wires, going_on(f"First {number}", answer, f"Second {number}"))
        found.append([finding.code for finding in entry.findings])

    assert found == [["text_altered"], []] * (OFTEN // 2)


WHO: dict[str, tuple[str, Callable[[str], dict[str, Json]]]] = {
    "openai.chat": ("/safety_identifier", lambda name: {"safety_identifier": name}),
    "openai.responses": ("/safety_identifier", lambda name: {"safety_identifier": name}),
    "anthropic": ("/metadata/user_id", lambda name: {"metadata": {"user_id": name}}),
}


@pytest.mark.parametrize("wire", WHO)
def test_each_is_answered_as_who_it_says_that_it_is(wire: str) -> None:
    pointer, who = WHO[wire]
    script = f"""
        scenario: it
        match: {{user: one, body: {{{pointer}: me}}}}
        reply: It is me.
        ---
        scenario: any
        reply: It is somebody.
    """
    with_others, alone = Wires(script), Wires(script)

    for number in range(3 * OFTEN):
        for text in ("one", f"two {number}"):
            for name in ("me", f"somebody {number}", "x" * 300):
                http = asked(wire, text, **who(name))
                steps, entry = told(with_others, http)
                wanted, wanted_entry = told(alone, http, anew=True)
                assert list(plain(steps)) == wanted
                assert noted(entry) == noted(wanted_entry)


ODD: list[Json] = ["one", 5, None, [], ["one"], [5], [None], [["one"]], [{}], [{"text": 5}], {"a": 1}, True]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("wire", TALKING)
def test_what_breaks_the_contract_and_is_let_pass_is_read_as_if_none_had_come_before(
    wire: str, odd: Json
) -> None:
    (member,) = SPOKEN[wire]("")
    turn = {"role": "user", "parts" if wire == "gemini" else "content": odd}
    for said in (odd, [odd], [turn]):
        with_others, alone = Wires(contract="off"), Wires(contract="off")
        members: dict[str, Any] = {member: said}
        http = request_to(wire, "m", stream=False, **members)
        for number in range(OFTEN):
            same = replace(http, body=http.body + b" " * number)
            steps, entry = told(with_others, same)

            wanted, wanted_entry = told(alone, same, anew=True)
            assert list(plain(steps)) == wanted
            assert noted(entry) == noted(wanted_entry)


def read_by_chat(monkeypatch: pytest.MonkeyPatch) -> list[Http]:
    """The requests that are read as a whole from now on."""
    seen = list[Http]()
    read = DIALECTS["openai.chat"].read

    def noting(http: Http, context: Context) -> object:
        seen.append(http)
        return read(http, context)

    monkeypatch.setattr(DIALECTS["openai.chat"], "read", noting)
    return seen


def test_a_kind_is_forgotten_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    wires = Wires("scenario: it\nreply: Hello.")
    told(wires, asking("openai.chat", 0))
    wires.service.reset("k")
    seen = read_by_chat(monkeypatch)
    http = asking("openai.chat", 1)
    told(wires, http)

    assert seen == [http]


def test_what_was_stored_before_is_looked_up_for_each() -> None:
    wires = Wires("scenario: it\nafter: repeat\nreply: Hello.")
    first = orjson.loads(gathered(told(wires, asking("openai.responses", 0))[0]).body)["id"]
    for number in range(OFTEN):
        http = asking("openai.responses", number, previous_response_id=first)
        _, entry = told(wires, http)
        assert entry.request
        assert [message.text for message in entry.request.messages][:2] == ["Question 0000?", "Hello."]
    wires.engine.forget("k", first)

    _, entry = told(wires, asking("openai.responses", OFTEN, previous_response_id=first))

    assert entry.failure


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/v1beta/models/large:generateContent"},
        {"path": "/v1beta/models/m:streamGenerateContent"},
        {"query": {"alt": "sse"}},
        {"method": "GET"},
        {"key": ""},
        {"origin": "http://elsewhere"},
    ],
)
def test_the_very_same_headers_make_no_same_kind(other: dict[str, object]) -> None:
    script = "scenario: it\nmatch: {model: m}\nreply: Hello."
    with_others, alone = Wires(script), Wires(script)
    for number in range(OFTEN):
        told(with_others, replace(asking("gemini", number), headers=HEADERS))

    http = replace(asking("gemini", OFTEN), headers=HEADERS, **other)  # type: ignore[arg-type]  # any member

    assert list(plain(told(with_others, http)[0])) == told(alone, http, anew=True)[0]


HEADERS = {"content-type": "application/json"}


def test_a_request_that_has_come_three_times_is_known_as_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    wires = Wires("scenario: it\nreply: Hello.")
    told(wires, asking("openai.chat", 0))
    for _ in range(3):
        told(wires, asking("openai.chat", 1))
    monkeypatch.setattr(Kindred, "find", lambda *_: pytest.fail("looked for its kind"))

    assert told(wires, asking("openai.chat", 1))[1].scenario == "it/1"


SENT: dict[str, str] = {
    "plain": '{"model":"m","messages":[{"role":"user","content":"%s"}]}',
    "with spaces": '{ "model" : "m", "messages" : [ { "content" : "%s" , "role" : "user" } ] } ',
    "in parts": '{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"%s"}]}]}',
    "behind instructions": '{"model":"m","messages":[{"role":"system","content":"%s"},'
    '{"role":"user","content":"%s"}]}',
    "beside the same": '{"messages":[{"role":"user","content":"%s"}],"model":"m","user":"%s"}',
    "beside it in other words": '{"user":"\\"%s\\"","messages":[{"role":"user","content":"%s"}],"model":"m"}',
    "twice": '{"messages":[{"role":"user","content":"%s"}],"model":"m","messages":[{"role":"user",'
    '"content":"one"}]}',
    "before itself": '{"messages":[{"role":"user","content":"one"}],"model":"m","messages":[{"role":"user",'
    '"content":"%s"}]}',
}
SAID = (
    *(
        "one",
        "two",
        "model",
        "user",
        "m",
        "",
        " ",
        "\u00a0",
        "\u2028",
        "😀",
        "\\u0041",
        "\\n",
        "a\\\\",
        '\\"',
        "\t",
    ),
    *('","x":"', '"}],"n":1}', "\\ud800", '"},{"role":"user","content":"more', "one"),
)


@pytest.mark.parametrize("sent", SENT)
def test_whatever_stands_between_the_same_bytes_is_read_as_json(sent: str) -> None:
    script = "scenario: it\nmatch: {user: one}\nreply: Hello.\n---\nscenario: any\nreply: 'Yes, {{ user }}'"
    with_others, alone = Wires(script), Wires(script)

    for before in ("one", "two"):
        for said in (before, "three", "four", *SAID):
            body = SENT[sent].replace("%s", said).encode()
            http = replace(asking("openai.chat", 0), body=body)
            steps, entry = told(with_others, http)
            wanted, wanted_entry = told(alone, http, anew=True)
            assert list(plain(steps)) == wanted
            assert noted(entry) == noted(wanted_entry)


def test_bytes_that_are_no_text_are_refused_among_their_kind() -> None:
    wires = Wires("scenario: it\nreply: Hello.")
    for number in range(OFTEN):
        told(wires, asking("openai.chat", number))
    http = asking("openai.chat", 0)

    _, entry = told(wires, replace(http, body=http.body.replace(b"Question", b"\xff")))

    assert entry.failure
    assert entry.failure.kind == "malformed_json"


def test_a_kind_that_had_to_make_room_is_known_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kindred, "_KINDS", 2)
    wires = Wires("scenario: it\nreply: Hello.")
    for user in ("a", "b", "c"):
        for number in range(3):
            told(wires, asking("openai.chat", number, user=user))
    seen = read_by_chat(monkeypatch)
    for user in ("c", "b", "a"):
        told(wires, asking("openai.chat", OFTEN, user=user))

    assert [http.body for http in seen] == [asking("openai.chat", OFTEN, user="a").body]
