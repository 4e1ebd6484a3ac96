"""Conversations: a body with the outline of one that was read is read as that, but for its words and ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from faults.wires import DIALECTS
from hypothesis import given
from hypothesis import strategies as st
from protocols.talking import IDS, MEMBERS, TALKING, TEXTS, TURNS, VALUES, Result, asking, calling, turn

from mockserver.conversation import CONTRACT_MODES, ContractMode, Finding, Http, Json, JsonObject, Request
from mockserver.protocols.base import Context
from mockserver.retelling.kindred import reworded


def _read(wire: str, http: Http, mode: ContractMode) -> Any:
    return DIALECTS[wire].read(http, Context(contract=mode))


@pytest.mark.parametrize("wire", TALKING)
@given(data=st.data(), mode=st.sampled_from(CONTRACT_MODES))
def test_calls_with_one_outline_are_refused_noted_and_read_alike(
    wire: str, data: st.DataObject, mode: ContractMode
) -> None:
    members = data.draw(st.sampled_from([{}, *MEMBERS[wire]]))
    spoken = data.draw(st.sampled_from([TEXTS, st.none()]))
    has_thought = data.draw(st.booleans())
    called = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=2))
    answered = data.draw(st.just(called) | st.lists(st.integers(0, 2), max_size=2))

    def asked() -> Http:
        ids = data.draw(st.lists(IDS, min_size=3, max_size=3))
        calls = [(ids[number], data.draw(VALUES)) for number in called]
        results = [(ids[number], data.draw(TEXTS)) for number in answered]
        said = turn(wire, "user", data.draw(TEXTS), in_parts=False)
        thought = data.draw(TEXTS) if has_thought else ""
        turns = calling(wire, data.draw(spoken), calls, results, thought=thought)
        return asking(wire, [said, *turns], members)

    _assert_alike(wire, asked(), asked(), mode)


@pytest.mark.parametrize("wire", TALKING)
@given(data=st.data(), turns=TURNS, mode=st.sampled_from(CONTRACT_MODES))
def test_bodies_with_one_outline_are_refused_noted_and_read_alike(
    wire: str, data: st.DataObject, turns: list[tuple[str, bool]], mode: ContractMode
) -> None:
    members = data.draw(st.sampled_from([{}, *MEMBERS[wire]]))
    before, now = (
        asking(
            wire,
            [turn(wire, role, data.draw(TEXTS), in_parts=parts) for role, parts in [*turns, ("user", False)]],
            members,
        )
        for _ in range(2)
    )
    _assert_alike(wire, before, now, mode)


def _assert_alike(wire: str, before: Http, now: Http, mode: ContractMode) -> None:
    """If they have one outline. What tells of calls tells of those in the body itself."""
    talk = DIALECTS[wire].talk
    assert talk
    bodies = [orjson.loads(http.body) for http in (before, now)]
    outlines = [talk.outline(body) for body in bodies]

    if outlines[0] is None or outlines[0] != outlines[1]:
        return
    sample, request = (_read(wire, http, mode) for http in (before, now))
    assert [_about(finding) for finding in request.findings] == [_about(found) for found in sample.findings]
    if not isinstance(sample, Request):
        assert (request.kind, request.code, request.param) == (sample.kind, sample.code, sample.param)
        return
    if sample.findings and orjson.loads(now.body) != request.body:
        return  # it is put right first
    made = reworded(sample, talk.messages(bodies[1]), now, request.body)
    assert request == made
    assert [message.pointer for message in request.messages] == [message.pointer for message in made.messages]


def _about(finding: Finding) -> object:
    return finding.severity, finding.code, finding.pointer


PLAIN: Mapping[str, Callable[[str], Json]] = {
    wire: lambda text, wire=wire: [turn(wire, "user", text, in_parts=False)]  # type: ignore[misc]  # bound
    for wire in TALKING
}


def _outline(wire: str, talk: Json, **members: Json) -> object:
    found = DIALECTS[wire].talk
    assert found
    return found.outline(orjson.loads(asking(wire, talk, members).body))


@pytest.mark.parametrize("wire", TALKING)
def test_words_alone_make_no_other_outline(wire: str) -> None:
    one, other = (_outline(wire, PLAIN[wire](text)) for text in ("One.", "Another one."))

    assert one is not None
    assert one == other


@pytest.mark.parametrize("wire", TALKING)
def test_whatever_else_differs_makes_another_outline(wire: str) -> None:
    said = PLAIN[wire]("One.")
    outlines = [
        _outline(wire, said),
        _outline(wire, said, more=1),
        _outline(wire, said, more=1.0),
        _outline(wire, said, more=True),
        _outline(wire, said, more="1"),
        _outline(wire, said * 2),
        _outline(wire, [turn(wire, "assistant", "Hi.", in_parts=False), *said]),
        _outline(wire, [turn(wire, "user", "Hi.", in_parts=True)]) if wire != "gemini" else "other",
    ]

    assert None not in outlines
    assert len(set(outlines)) == len(outlines)


@pytest.mark.parametrize("wire", TALKING)
def test_what_is_more_than_words_and_calls_has_no_outline(wire: str) -> None:
    (said,) = PLAIN[wire]("One.")
    content = "parts" if wire == "gemini" else "content"
    part = {"text": "One."} if wire == "gemini" else {"type": "text", "text": "One."}
    talks: list[Json] = [
        None,
        [],
        "",
        {},
        [1],
        ["One."],
        [{**said, "more": "me"}],
        [{**said, content: [{**part, "cache_control": {"type": "ephemeral"}, "more": 1}]}],
        [{**said, content: [{"type": "image", "source": {}}]}],
        [{**said, content: [[[[{"type": "image", "source": {}}]]]]}],
        [said, turn(wire, "assistant", "Hi.", in_parts=False)],
    ]
    for odd in talks:
        assert _outline(wire, odd) is None


CALLED: Mapping[str, Json] = {
    wire: [
        *PLAIN[wire]("One."),
        *calling(wire, "Hi.", [("a", {"x": 1}), ("b", {})], [("a", "1"), ("b", "2")]),
    ]
    for wire in TALKING
}


@pytest.mark.parametrize("wire", TALKING)
def test_other_ids_arguments_and_results_make_no_other_outline(wire: str) -> None:
    other = [
        *PLAIN[wire]("Another one."),
        *calling(wire, "Hello.", [("c", {"y": [2]}), ("a", {})], [("c", "none"), ("a", "3")]),
    ]

    assert _outline(wire, CALLED[wire]) is not None
    assert _outline(wire, CALLED[wire]) == _outline(wire, other)


@pytest.mark.parametrize("wire", TALKING)
@pytest.mark.parametrize(
    "results",
    [[("a", "1")], [("b", "1"), ("a", "2")], [("a", "1"), ("c", "2")]],
    ids=["one less", "in another order", "of no call"],
)
def test_other_answers_make_another_outline(wire: str, results: list[Result]) -> None:
    other = [*PLAIN[wire]("One."), *calling(wire, "Hi.", [("a", {"x": 1}), ("b", {})], results)]

    assert _outline(wire, other) is not None
    assert _outline(wire, CALLED[wire]) != _outline(wire, other)


@pytest.mark.parametrize("wire", TALKING)
@pytest.mark.parametrize("name", ["", "a b", "a" * 129, "\u00e9", "a\n"])
def test_a_call_with_an_odd_id_has_no_outline(wire: str, name: str) -> None:
    odd = [*PLAIN[wire]("One."), *calling(wire, "Hi.", [(name, {})], [(name, "1")])]

    assert _outline(wire, odd) is None


@pytest.mark.parametrize("wire", ["anthropic", "gemini"])
def test_arguments_that_are_nested_deep_have_no_outline(wire: str) -> None:
    deep: JsonObject = {}
    for _ in range(30):
        deep = {"in": deep}
    odd = [*PLAIN[wire]("One."), *calling(wire, "Hi.", [("a", deep)], [("a", "1")])]

    assert _outline(wire, odd) is None


def test_a_signature_that_is_not_plainly_base64_has_no_outline() -> None:
    def signed(signature: str) -> object:
        call = {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": signature}
        answer = {"functionResponse": {"name": "f", "response": {}}}
        said = [{"role": "model", "parts": [call]}, {"role": "user", "parts": [answer]}]
        return _outline("gemini", [*PLAIN["gemini"]("One."), *said])

    assert signed("YWJj") == signed("YWJjYWJj") is not None
    assert signed("YWI=") is signed("not base64") is signed("") is None


WHO: Mapping[str, Callable[[Json], JsonObject]] = {
    "openai.chat": lambda name: {"safety_identifier": name, "prompt_cache_key": name},
    "anthropic": lambda name: {"metadata": {"user_id": name}},
}


@pytest.mark.parametrize("wire", WHO)
@pytest.mark.parametrize("mode", CONTRACT_MODES)
def test_who_asks_makes_no_other_outline(wire: str, mode: ContractMode) -> None:
    said = PLAIN[wire]("One.")
    one, other = (WHO[wire](name) for name in ("somebody", "another\n"))

    assert _outline(wire, said, **one) == _outline(wire, said, **other)
    assert _outline(wire, said, **one) not in (None, _outline(wire, said))
    _assert_alike(wire, asking(wire, said, one), asking(wire, said, other), mode)


@pytest.mark.parametrize("wire", WHO)
@pytest.mark.parametrize("name", ["", "x" * 300, 1, None, {"name": "x"}])
def test_an_odd_name_of_who_asks_has_no_outline(wire: str, name: Json) -> None:
    assert _outline(wire, PLAIN[wire]("One."), **WHO[wire](name)) is None


@pytest.mark.parametrize("wire", ["openai.chat", "openai.responses"])
def test_other_instructions_make_another_outline(wire: str) -> None:
    said = PLAIN[wire]("One.")
    one, same, other = (
        _outline(wire, [{"role": "system", "content": text}, *said])
        for text in ("Be kind.", "Be kind.", "Be.")
    )

    assert one == same
    assert one != other


def test_a_body_in_json_mode_has_no_outline_where_the_wire_looks_for_the_word() -> None:
    said = PLAIN["openai.chat"]("One in json.")

    assert _outline("openai.chat", said, response_format={"type": "json_object"}) is None
    assert _outline("openai.chat", said, response_format={"type": "text"}) is not None
