"""Templates of answers: told again they say byte for byte what a telling of their own would say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import Image, Native, Refusal, Text, Thinking, ToolCall
from mockserver.history.fidelity import Parts
from mockserver.playback.steps import (
    Burst,
    Head,
    Hold,
    Send,
    Step,
    Timed,
    Wait,
    Whole,
    WrittenHead,
    WrittenWhole,
    plain,
)
from mockserver.playback.tempo import Tempo
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.drawing import HEX
from mockserver.retelling.own_strings import own_strings
from mockserver.retelling.templates import Telling, Template, template_of
from mockserver.scenario.delivery import Pace, Uniform

CONTEXT = Context(identity=b"this", now=1_700_000_000)
OTHER = replace(CONTEXT, identity=b"other")


def made(tell: Callable[[Context], Sequence[Step]]) -> Template | None:
    return template_of(lambda context: Telling(tuple(tell(context))), CONTEXT)


def retold(tell: Callable[[Context], Sequence[Step]], context: Context = OTHER) -> list[Step]:
    template = made(tell)
    assert template
    steps, *_ = template.tell(context.identity, context.now)
    return list(plain(steps))


def body(text: Callable[[Context], str]) -> Callable[[Context], list[Step]]:
    return lambda context: [Whole(Answer(200, (), text(context).encode()))]


def spelled_out(context: Context) -> str:
    return f"<{context.token('x', 20)}>"


def spelled_backwards(letters: str) -> str:
    return letters[::-1]


def three_digits(digits: str) -> str:
    return str(200 + int(digits, 16))


def in_base64(letters: str) -> str:
    return b64encode(letters.encode()).decode()


TEXTS: dict[str, Callable[[Context], str]] = {
    "nothing of its own": lambda _: "the same every time",
    "an id": lambda context: f'{{"id":"chat-{context.token("id", 29)}","content":"Hi"}}',
    "an id again and again": lambda context: ",".join([context.token("id", 29)] * 5),
    "ids without a gap": lambda context: "".join(context.token(str(at), 10) for at in range(8)),
    "one letter": lambda context: f"<{context.token('a', 1)}>",
    "no letter": lambda context: f"<{context.token('a', 0)}>",
    "hexadecimal digits": lambda context: context.token("a", 64, HEX) + context.token("b", 64, HEX),
    "parts of a string": lambda context: " ".join(
        context.token("pad", 64)[7 * at % 48 :][: at % 16] for at in range(40)
    ),
    "letters in another order": lambda context: context.token("a", 20)[::-1],
    "a number": lambda context: context.derived(three_digits, "ms", 2, HEX),
    "base64 of a token": lambda context: "".join(
        context.derived(in_base64, f"proof {at}", 30) for at in range(2)
    ),
    "what it is derived from, too": lambda context: (
        context.token("x", 20) + context.derived(spelled_backwards, "x", 20)
    ),
    "letters beyond ASCII": lambda context: f"é {context.token('a', 8)} 東京 {context.token('a', 8)[2:5]}",
}


@pytest.mark.parametrize("name", TEXTS)
def test_an_answer_is_told_again_as_it_would_be_told(name: str) -> None:
    tell = body(TEXTS[name])

    assert retold(tell) == tell(OTHER)


@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
            st.tuples(st.sampled_from("abcd"), st.integers(0, 20), st.integers(0, 24)),
        ),
        max_size=12,
    )
)
def test_whatever_is_made_of_letters_is_told_again(pieces: list[str | tuple[str, int, int]]) -> None:
    def text(context: Context) -> str:
        return "".join(
            piece if isinstance(piece, str) else context.token(piece[0], 24)[piece[1] : piece[2]]
            for piece in pieces
        )

    assert retold(body(text)) == body(text)(OTHER)


OF_MORE: dict[str, Callable[[Context], str]] = {
    "made of an identity": lambda context: context.identity.hex()[:8],
    "derived, and nobody was told": lambda context: context.token("a", 8).upper(),
    "of another length each time": lambda context: "x" * (1 + ord(context.token("a", 1)) % 7),
    "drawn": lambda context: str(context.random("a").randint(0, 1)),
    "of the time that has passed": lambda context: f"{context.elapsed:.3f}",
    "recalled": lambda context: str(context.recall("a")),
    "another token for each": lambda context: context.token(context.token("a", 1), 4),
}


@pytest.mark.parametrize("name", OF_MORE)
def test_an_answer_that_follows_from_more_than_tokens_has_no_template(name: str) -> None:
    assert made(body(OF_MORE[name])) is None


def clock(context: Context) -> str:
    return datetime.fromtimestamp(int(context.now), UTC).isoformat().replace("+00:00", "Z")


NOWS = [CONTEXT.now + seconds for seconds in (0, 0.5, 1, 59.75, 3_599)]


@pytest.mark.parametrize("now", NOWS)
def test_seconds_are_those_of_the_telling(now: float) -> None:
    tell = body(lambda context: f"{context.token('a', 9)} {int(context.now)}, at {clock(context)}.")
    template = made(tell)
    assert template

    assert template.holds(now)
    assert list(plain(template.tell(OTHER.identity, now)[0])) == tell(replace(OTHER, now=now))


def test_a_text_that_only_looks_like_the_time_stays() -> None:
    assert retold(body(lambda _: "1700000000")) == body(lambda _: "1700000000")(OTHER)


def test_a_template_does_not_hold_for_ever() -> None:
    template = made(body(lambda _: "the same"))
    assert template

    assert [template.holds(CONTEXT.now + hours * 3_600) for hours in (-1, 0, 1, 2)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "text",
    [
        lambda context: f"{context.now:.3f}",
        lambda context: str(int(context.now) + 60),
        lambda context: "soon" if context.now < CONTEXT.now + 1_000 else "late",
        lambda context: "x" * (int(context.now) % 7),
    ],
    ids=["of parts of a second", "of another second", "of how late it is", "of another length"],
)
def test_what_else_follows_from_the_time_holds_for_a_moment(text: Callable[[Context], str]) -> None:
    template = made(body(text))
    assert template

    assert list(plain(template.tell(OTHER.identity, OTHER.now)[0])) == body(text)(OTHER)
    assert [template.holds(now) for now in NOWS] == [True, False, False, False, False]


def test_a_whole_answer_is_told_in_one_step_with_its_head_written_out() -> None:
    def tell(context: Context) -> list[Step]:
        return [Wait(1), Whole(Answer(418, (("x-id", context.token("a", 4)), ("b", "ü")), b"tea"))]

    template = made(tell)
    assert template
    first, second = list(template.tell(OTHER.identity, OTHER.now)[0])

    assert first == Wait(1)
    assert isinstance(second, WrittenWhole)
    assert second.head.lines == f"x-id: {OTHER.token('a', 4)}\r\nb: ü\r\n".encode()
    assert second.plain == tell(OTHER)[1]


def stream(context: Context) -> list[Step]:
    name = context.token("id", 6)
    pieces = [Send(f"data: {at} {name}\n\n".encode()) for at in range(3)]
    return [Head(200, (("x-id", name),)), *pieces[:2], Wait(0.5), pieces[2]]


def test_pieces_that_are_due_together_are_one_burst_of_chunks() -> None:
    template = made(stream)
    assert template
    head, burst, wait, last = list(template.tell(OTHER.identity, OTHER.now)[0])

    assert isinstance(head, WrittenHead)
    assert isinstance(burst, Burst)
    name = OTHER.token("id", 6)
    assert burst.chunked == f"10\r\ndata: 0 {name}\n\n\r\n10\r\ndata: 1 {name}\n\n\r\n".encode()
    assert list(plain([head, burst, wait, last])) == stream(OTHER)


def test_parts_that_are_due_in_a_row_are_one_stretch_but_for_the_last() -> None:
    def tell(context: Context) -> list[Step]:
        head, *pieces = stream(context)
        parts = [step for due in range(1, 6) for step in (Wait(due), pieces[0])]
        return [head, *pieces[:2], *parts, pieces[1]]

    template = made(tell)
    assert template
    head, burst, timed, *last = list(template.tell(OTHER.identity, OTHER.now)[0])

    assert (type(head), type(burst)) == (WrittenHead, Burst)
    assert isinstance(timed, Timed)
    assert [type(step) for step in last] == [Wait, Burst]
    assert len(timed.timetable) == 4
    assert list(plain([head, burst, timed, *last])) == tell(OTHER)


def test_an_answer_that_is_due_at_once_is_there_in_a_tuple() -> None:
    def burst(context: Context) -> list[Step]:
        return [step for step in stream(context) if not isinstance(step, Wait)]

    for tell, kinds in ((body(spelled_out), [WrittenWhole]), (burst, [WrittenHead, Burst])):
        template = made(tell)
        assert template
        steps, *_ = template.tell(OTHER.identity, OTHER.now)

        assert isinstance(steps, tuple)
        assert [type(step) for step in steps] == kinds
        assert list(plain(steps)) == tell(OTHER)


@pytest.mark.parametrize("tell", [stream, lambda context: stream(context)[:1]])
def test_an_answer_that_waits_or_has_no_body_is_taken_step_by_step(
    tell: Callable[[Context], list[Step]],
) -> None:
    template = made(tell)
    assert template
    steps, *_ = template.tell(OTHER.identity, OTHER.now)

    assert not isinstance(steps, tuple)
    assert list(plain(steps)) == tell(OTHER)


@pytest.mark.parametrize("framing", ["length", "close"])
def test_a_stream_without_chunks_is_told_piece_by_piece(framing: str) -> None:
    def tell(context: Context) -> list[Step]:
        head = Head(200, (), body="length" if framing == "length" else "close", length=16)
        return [head, *stream(context)[1:]]

    assert retold(tell) == tell(OTHER)


def test_an_empty_piece_is_no_chunk_which_would_end_the_body() -> None:
    def tell(_: Context) -> list[Step]:
        return [Head(200, ()), Send(b"a"), Send(b""), Send(b"b")]

    template = made(tell)
    assert template
    assert not any(isinstance(step, Burst) for step in template.tell(OTHER.identity, OTHER.now)[0])
    assert retold(tell) == tell(OTHER)


def test_what_breaks_a_connection_has_no_template() -> None:
    assert made(lambda _: [Head(200, ()), Send(b"a"), Hold()]) is None


@pytest.mark.parametrize("value", ["two\r\nlines", "\0"])
def test_a_head_that_cannot_be_written_has_no_template(value: str) -> None:
    assert made(lambda _: [Whole(Answer(200, (("x", value),), b""))]) is None


@pytest.mark.parametrize("label", ["pace", "chunk"])
def test_waits_have_a_template_where_they_are_those_of_one_pace(label: str) -> None:
    def tell(context: Context) -> list[Step]:
        deadlines = Tempo(Pace(gap=Uniform(0, 1)), lambda _: context.random(label)).begin()
        dues = [deadlines.due() for _ in range(4)][1:]
        return [Head(200, ()), Send(b"a"), *(step for due in dues for step in (Wait(due), Send(b"a")))]

    if label == "pace":
        assert retold(tell) == tell(OTHER)
    else:
        assert made(tell) is None


def test_waits_beside_those_of_a_drawn_pace_have_no_template() -> None:
    def tell(context: Context) -> list[Step]:
        deadlines = Tempo(Pace(gap=Uniform(0, 1)), context.random).begin()
        dues = [deadlines.due() for _ in range(4)][1:]
        return [Head(200, ()), *(step for due in dues for step in (Wait(due + 0.5), Send(b"a")))]

    assert made(tell) is None


def test_waits_that_are_drawn_otherwise_have_no_template() -> None:
    def tell(context: Context) -> list[Step]:
        return [Wait(len(context.token("a", 1)) + ord(context.token("a", 1)[0])), Whole(Answer(200, (), b""))]

    assert made(tell) is None


def test_the_name_that_an_answer_is_kept_under_is_told_with_it() -> None:
    template = template_of(
        lambda context: Telling((Whole(Answer(200, (), b"x")),), "resp_" + context.token("id", 9)), CONTEXT
    )
    assert template
    assert template.tell(OTHER.identity, OTHER.now)[1] == "resp_" + OTHER.token("id", 9)


TOLD = Telling((Whole(Answer(200, (), b"x")),), "name", ())


def _handing_back(said: Callable[[Context], Parts | None]) -> Template | None:
    return template_of(lambda context: replace(TOLD, said=said(context)), CONTEXT)


def test_what_is_handed_back_is_told_with_ids_and_signatures_of_its_own() -> None:
    def said(context: Context) -> Parts:
        thought = Thinking("Hm.", context.derived(str.swapcase, "proof", 5))
        return (
            thought,
            ToolCall("f", {"n": True}, "call_" + context.token("call", 9), context.token("x", 8)),
        )

    template = _handing_back(said)

    assert template
    told = template.tell(OTHER.identity, OTHER.now)
    assert told[1:] == ("name", said(OTHER))
    assert own_strings(told[2] or ()) == own_strings(said(OTHER))
    assert len(list(told[0])) == 1


def test_words_that_are_handed_back_are_the_very_same_each_time() -> None:
    template = _handing_back(lambda _: (Text("Let me see."), Refusal("No.")))

    assert template
    one, other = (template.tell(context.identity, context.now)[2] for context in (CONTEXT, OTHER))
    assert one == (Text("Let me see."), Refusal("No."))
    assert one is other


def test_what_differs_in_more_than_that_is_not_told_by_a_template_that_tells_the_rest() -> None:
    odd: list[Callable[[Context], Parts | None]] = [
        lambda context: (Text(context.token("words", 9)),),
        lambda context: (ToolCall("f", {"id": context.token("words", 9)}, "call_1"),),
        lambda context: (Native({"gemini": context.token("words", 9)}),),
        lambda _: (Image("image/png", "AAAA"),),
        lambda _: None,
    ]
    for said in odd:
        template = _handing_back(said)
        assert template
        steps, name, handed_back = template.tell(OTHER.identity, OTHER.now)
        assert list(plain(steps)) == list(TOLD.steps)
        assert (name, handed_back) == ("name", None)
