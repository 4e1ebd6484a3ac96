"""Which faults happen: what is drawn from the seed, what is asked for, and what cannot show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import orjson
import pytest
from conftest import ToyClient, text_of
from faults.wires import DIALECTS, Wires
from toy import DIALECT

from mockserver.conversation import Reply, Text
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.drawing import FAULT_NAMES, Chances, FaultError, draw, find_fault, find_faults, merged
from mockserver.faults.points import Course, Verbatim, course
from mockserver.playback.steps import Reset as ResetStep
from mockserver.protocols.base import Context
from mockserver.scenario.delivery import (
    AfterChars,
    AfterShare,
    AtStart,
    Cut,
    Drop,
    Fail,
    Fault,
    NamedFault,
    Reset,
    Rewrite,
    Wire,
)

Client = Callable[..., ToyClient]
RANDOM = Context(identity=b"test").random
SAID = course(Reply((Text("Hello"),)), lambda text: [text])
CUT = Fault(Cut(), AfterShare(0.5))

# ------------------------------------------------------------------------------------------ probability

HALF = "scenario: s\nreply: Hi\nfaults: [{do: reset, at: start, probability: 0.5}]"


def resets(mock: ToyClient, said: Iterable[str]) -> dict[str, bool]:
    """Which of the requests were reset."""
    return {text: mock.steps(text) == [ResetStep()] for text in said}


def test_one_in_ten_is_about_one_in_ten() -> None:
    listed = [Fault(Cut(), AtStart(), 0.1)]

    drawn = sum(bool(draw(listed, Context(identity=str(at).encode()).random)) for at in range(10_000))

    assert 900 < drawn < 1100  # three deviations of a binomial


def test_faults_of_one_request_are_drawn_apart_from_each_other() -> None:
    listed = [Fault(Cut(), AtStart(), 0.5), Fault(Reset(), AtStart(), 0.5)]

    drawn = [draw(listed, Context(identity=str(at).encode()).random).faults for at in range(1000)]

    assert all(sum(len(faults) == count for faults in drawn) > 200 for count in (0, 2))
    assert all(drawn.count((one,)) > 200 for one in listed)


def test_a_fault_is_drawn_alike_whatever_else_may_happen() -> None:
    may = NamedFault("crlf", 0.5)
    contexts = [Context(identity=str(at).encode()) for at in range(100)]

    alone = [draw([may], context.random).named for context in contexts]

    assert [draw([may, CUT], context.random).named for context in contexts] == alone


@pytest.mark.parametrize(("probability", "happens"), [(0, 0), (1, 100)])
def test_never_is_never_and_always_is_always(client: Client, probability: int, happens: int) -> None:
    mock = client(HALF.replace("0.5", str(probability)))

    assert sum(resets(mock, map(str, range(100))).values()) == happens


def test_the_same_requests_have_the_same_faults_in_any_order_of_arrival(client: Client) -> None:
    said = [str(number) for number in range(60)]
    shuffled = Random(1).sample(said, len(said))

    first, second = resets(client(HALF), said), resets(client(HALF), shuffled)

    assert first == second
    assert 10 < sum(first.values()) < 50


def test_a_key_has_the_same_faults_whatever_other_keys_ask(client: Client) -> None:
    alone, among = client(HALF), client(HALF)

    expected = [alone.steps(str(number), key="a") for number in range(40)]
    actual = []
    for number in range(40):
        among.steps(str(number), key="b")
        actual.append(among.steps(str(number), key="a"))

    assert actual == expected


@pytest.mark.parametrize("other", [{"seed": "1"}, {"key": "other"}])
def test_another_seed_or_key_has_other_faults(client: Client, other: dict[str, str]) -> None:
    said = list(map(str, range(60)))
    key = other.get("key", "k")
    mock = client(HALF, **{name: value for name, value in other.items() if name == "seed"})

    assert {text: mock.steps(text, key=key) == [ResetStep()] for text in said} != resets(client(HALF), said)


def test_a_retry_is_drawn_anew(client: Client) -> None:
    mock = client(HALF)

    drawn = [mock.steps("the same") == [ResetStep()] for _ in range(40)]

    assert len(set(drawn)) == 2


# ---------------------------------------------------------------------------------------------- names


def test_a_fault_that_is_not_known_is_told_with_the_nearest() -> None:
    with pytest.raises(FaultError, match=r"There is no fault 'reset-mid-strem': did you mean `reset-mid-str"):
        find_fault("reset-mid-strem")


def test_faults_are_found_by_their_names() -> None:
    assert [known.name for known in find_faults(["crlf", "hang"])] == ["crlf", "hang"]
    assert len(set(FAULT_NAMES)) == len(FAULT_NAMES) >= 45


def test_a_fault_that_is_named_twice_happens_once() -> None:
    listed = [NamedFault("crlf"), NamedFault("hang"), NamedFault("crlf", asked=True)]

    assert draw(listed, RANDOM).named == ((find_fault("crlf"), True), (find_fault("hang"), False))


def test_a_framing_goes_before_another_in_what_it_says_itself() -> None:
    script = Wire(write="whole", newline="crlf")

    assert merged(script, Wire(newline="cr", bom=True)) == Wire(write="whole", newline="cr", bom=True)
    assert merged(script, Wire()) == script


# ------------------------------------------------------------------------------------- what can show


def settled(
    *listed: Fault | NamedFault, on: Course | Verbatim = SAID, stream: bool = True
) -> tuple[str, ...]:
    return draw(listed, RANDOM).settle(DIALECT, on, Wire(), stream=stream).names


def test_a_fault_that_the_reply_does_not_reach_does_not_happen() -> None:
    near, far = Fault(Cut(), AfterChars(5)), Fault(Reset(), AfterChars(6))

    assert settled(near, far) == ("cut",)


def test_a_fault_of_events_does_not_happen_in_one_piece() -> None:
    assert settled(Fault(Drop(), AtStart()), Fault(Rewrite(500), AtStart()), stream=False) == ("status",)


@pytest.mark.parametrize("name", ["tool-index-missing", "cut-in-tool-call", "unknown-tool"])
def test_a_fault_of_all_answers_just_does_not_show_where_it_cannot(name: str) -> None:
    assert settled(NamedFault(name)) == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tool-index-missing", "The fault 'tool-index-missing' is not one of toy."),
        ("cut-in-tool-call", "The fault 'cut-in-tool-call' is not one of toy."),
        ("crlf", "The fault 'crlf' is not one of toy."),
    ],
)
def test_a_fault_that_was_asked_for_is_refused_where_it_cannot_show(name: str, reason: str) -> None:
    with pytest.raises(FaultError) as refused:
        settled(NamedFault(name, asked=True))

    assert str(refused.value) == reason


def test_the_error_that_ends_a_stream_is_the_first_that_ends_it() -> None:
    late, early = Fault(Fail("overloaded"), AfterChars(4)), Fault(Cut(), AfterChars(3))

    def broken_off(*faults: Fault) -> str | None:
        drawn = Chances(faults=faults).settle(DIALECT, SAID, Wire(), stream=True)
        ended = drawn.broken_off(SAID)
        return ended[0].kind if ended else None

    assert broken_off(late) == "overloaded"
    assert broken_off(late, early) is None
    assert broken_off() is None


# ----------------------------------------------------------------------------------- what is asked for

REFUSED = [
    ("openai.chat", "hello+tool-index-missing", True, "changes nothing in this answer"),
    ("openai.chat", "hello+finish-lies", True, "The model 'mock-truncated+finish-lies' shows it."),
    ("openai.chat", "everything+usage-zero", True, 'asked with {"stream_options":{"include_usage":true}}.'),
    ("anthropic", "hello+block-index-gap", True, "The model 'mock-everything+block-index-gap' shows it."),
    ("anthropic", "overloaded+usage-missing", False, "changes nothing in this answer"),
    ("anthropic", "hello+cut-in-tool-call", True, "needs a tool_call in the reply"),
    ("gemini", "hello+unknown-tool", False, "needs a tool_call in the reply"),
    ("openai.responses", "hello+reset-in-tool-call", True, "needs a tool_call in the reply"),
    ("openai.completions", "hello+unknown-tool", True, "is not one of openai.completions"),
    ("anthropic", "hello+crlf", False, "shows in a stream of anthropic, and this answer is in one piece"),
    ("gemini", "hello+nonsense", True, "There is no fault 'nonsense'"),
    ("openai.chat", "hello+", True, "There is no fault ''"),
]


@pytest.mark.parametrize(("wire", "model", "stream", "reason"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_cannot_show_is_refused_in_the_words_of_the_wire(
    wire: str, model: str, reason: str, *, stream: bool
) -> None:
    wires = Wires()

    answer = wires.answer(wire, f"mock-{model}", stream=stream)

    assert answer.status == 400
    assert reason in orjson.loads(answer.body)["error"]["message"]
    assert wires.entry.faults == ()


@pytest.mark.parametrize(
    "name", ["comment-frames", "id-then-comment", "retry-frame", "empty-data", "trailing-event"]
)
def test_what_stands_between_events_is_refused_in_an_array(name: str) -> None:
    asked, for_all = Wires(), Wires(faults=(name,))

    told = asked.answer("gemini", f"mock-everything+{name}", array=True)
    spared = for_all.answer("gemini", "mock-everything", array=True)

    assert told.status == 400
    assert b"shows in a stream of events, and this one is an array" in told.body
    assert orjson.loads(spared.body)


@pytest.mark.parametrize("name", [known.name for known in KNOWN_FAULTS if known.heals])
def test_what_heals_leaves_an_array_one_that_can_be_read(name: str) -> None:
    wires = Wires(faults=(name,), speed=0)

    body = wires.answer("gemini", "mock-everything", array=True).body

    assert len(orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))) > 3


def test_a_framing_is_never_refused_for_showing_nothing() -> None:
    wires = Wires()

    assert wires.answer("anthropic", "mock-hello+gzip", stream=False).status == 200  # it accepts no coding
    assert wires.entry.faults == ("gzip",)


@pytest.mark.parametrize("wire", DIALECTS)
def test_a_fault_for_all_is_not_refused_for_showing_nothing(wire: str) -> None:
    wires = Wires(faults=("tool-index-missing", "unknown-tool", "crlf"))

    assert wires.answer(wire, "mock-hello", stream=False).status == 200


def test_a_reply_is_left_alone_on_a_wire_that_cannot_show_how_it_goes_wrong() -> None:
    wires, healthy = Wires(faults=("broken-arguments",)), Wires()

    answers = [one.answer("gemini", "mock-everything", stream=False) for one in (wires, healthy)]

    assert answers[0] == answers[1]
    assert wires.entry.faults == ()


@pytest.mark.parametrize("length", [3, 2_500, 5_000])
def test_a_model_that_repeats_itself_says_a_text_again_however_long_it_is(length: int) -> None:
    said = "x" * length
    edit = find_fault("endless-reply").reply

    assert edit
    assert edit(Reply((Text(said),))).text.startswith(f"{said} {said} ")


def test_a_fault_shows_beside_another_that_makes_room_for_it() -> None:
    wires = Wires()

    assert wires.answer("openai.chat", "mock-everything+call-arguments-empty").status == 400
    assert wires.answer("openai.chat", "mock-everything+missing-arguments+call-arguments-empty").status == 200


def test_a_request_for_a_fault_that_was_refused_is_no_attempt(client: Client) -> None:
    mock = client("scenario: s\nattempts: [{error: overloaded}, {reply: Hi}]")

    refused = mock.steps("x", headers={"x-mock-fault": "nonsense"})

    assert text_of(refused).startswith("invalid_request: There is no fault 'nonsense'")
    assert [mock.status("x"), mock.status("x")] == [529, 200]


@pytest.mark.parametrize(
    "faults",
    ["reset-mid-stream", "hang", "no-http", "never-closes", "cut-mid-stream"],
)
def test_what_comes_inside_another_request_has_no_wire_that_breaks(client: Client, faults: str) -> None:
    chances = draw([NamedFault(faults), CUT], RANDOM)

    assert not chances.without_wire()


def test_what_comes_inside_another_request_can_fail_and_say_something_else() -> None:
    timeout = Fault(Fail("timeout"), AtStart())
    named = [NamedFault("overloaded"), NamedFault("unknown-tool"), NamedFault("hang")]

    chances = draw([*named, timeout], RANDOM).without_wire()

    assert [known.name for known, _ in chances.named] == ["overloaded", "unknown-tool"]
    assert chances.faults == (timeout,)


def test_a_fault_of_the_wire_that_is_asked_for_inside_another_request_is_refused() -> None:
    with pytest.raises(FaultError, match="shows on the wire, and this answer comes inside another"):
        draw([NamedFault("hang", asked=True)], RANDOM).without_wire()
