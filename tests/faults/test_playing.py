"""Answers with what goes wrong in them, from a scenario to the steps: streams, answers in one piece, errors,
verbatim frames.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from conftest import ToyClient, status_of, text_of

from mockserver.protocols.base import Answer
from mockserver.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole

Client = Callable[..., ToyClient]
STREAM = 'begin\n<text>\n"Hello"\n" there"\n</text>\nend stop 1+2\n'
JSON = "<text>Hello there</text>\nstop 1+2\n"


def scenario(*faults: str, outcome: str = "reply: Hello there", more: str = "") -> str:
    return f"scenario: s\n{outcome}\nusage: {{input: 1, output: 2}}\nfaults: [{', '.join(faults)}]\n{more}"


def played(client: Client, *faults: str, stream: bool = True, speed: float = 1, **said: Any) -> list[Step]:
    return client(scenario(*faults, **said), speed=speed).steps(stream=stream)


def ends_of(steps: list[Step]) -> list[Step]:
    """The steps that are no content."""
    return [step for step in steps if not isinstance(step, Head | Send | Whole)]


# ------------------------------------------------------------------------------------------ a stream


@pytest.mark.parametrize(
    ("at", "before"),
    [
        ("start", ""),
        ("{after: 0 events}", ""),
        ("{after: 0 chars}", "begin\n<text>\n"),
        ("{after: 3 chars}", 'begin\n<text>\n"Hel"\n'),
        ("{after: 1 event}", 'begin\n<text>\n"Hello"\n'),
        ("{after: 50%}", 'begin\n<text>\n"Hello"\n" "\n'),
        ("{after: 100%}", 'begin\n<text>\n"Hello"\n" there"\n'),
        ("end", STREAM),
        ("{byte: 0}", ""),
        ("{byte: 9}", "begin\n<te"),
        ("{byte: 9999}", STREAM),
        ("{after: 12 chars}", STREAM),
    ],
)
def test_a_stream_is_cut_at_its_place(client: Client, at: str, before: str) -> None:
    steps = played(client, f"{{do: cut, at: {at}}}")

    assert isinstance(steps[0], Head)
    assert (text_of(steps), ends_of(steps)) == (before, [])


@pytest.mark.parametrize(
    ("do", "ending"),
    [("reset", Reset()), ("disconnect", Disconnect()), ("hang", Hold())],
)
def test_a_connection_breaks_before_the_head_where_it_breaks_at_the_start(
    client: Client, do: str, ending: Step
) -> None:
    assert played(client, f"{{do: {do}, at: start}}") == [ending]


@pytest.mark.parametrize(
    ("do", "ending"), [("reset", Reset()), ("disconnect", Disconnect()), ("hang", Hold())]
)
@pytest.mark.parametrize("at", ["{after: 1 event}", "{byte: 21}"])
def test_a_connection_breaks_inside_of_a_stream(client: Client, do: str, ending: Step, at: str) -> None:
    steps = played(client, f"{{do: {do}, at: {at}}}")

    assert (text_of(steps), ends_of(steps)) == ('begin\n<text>\n"Hello"\n', [ending])


@pytest.mark.parametrize("at", ["end", "start", "{after: 50%}", "{byte: 3}"])
def test_a_body_that_never_ends_is_all_there(client: Client, at: str) -> None:
    steps = played(client, f"{{do: keepalive, at: {at}}}")

    assert (text_of(steps), ends_of(steps)) == (STREAM, [Hold()])


def test_an_error_ends_a_stream_as_the_vendor_ends_it(client: Client) -> None:
    steps = played(client, "{error: overloaded, at: {after: 1 event}}")

    assert (status_of(steps), text_of(steps)) == (200, 'begin\n<text>\n"Hello"\nfail overloaded\n')


def test_an_error_behind_no_events_is_the_first_of_them(client: Client) -> None:
    steps = played(client, "{error: overloaded, at: {after: 0 events}}")

    assert (status_of(steps), text_of(steps)) == (200, "fail overloaded\n")


def test_an_error_at_the_start_is_no_stream(client: Client) -> None:
    steps = played(client, "{error: {kind: overloaded, message: Too much}, at: start}")

    assert (status_of(steps), text_of(steps)) == (529, "overloaded: Too much\n")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("{do: drop, at: {after: 1 event}}", 'begin\n<text>\n"Hello"\n</text>\n'),
        ("{do: duplicate, at: {after: 5 chars}}", 'begin\n<text>\n"Hello"\n" there"\n" there"\n</text>\n'),
        ("{do: swap, at: {after: 0 chars}}", 'begin\n<text>\n" there"\n"Hello"\n</text>\n'),
        ("{do: extra, at: {after: 0 chars}}", 'begin\n<text>\nunheard of\n"Hello"\n" there"\n</text>\n'),
        ("{do: drop, at: start}", '<text>\n"Hello"\n" there"\n</text>\n'),
        ("{do: drop, at: {byte: 0}}", '<text>\n"Hello"\n" there"\n</text>\n'),
        ("{do: drop, at: {byte: 1}}", 'begin\n"Hello"\n" there"\n</text>\n'),
        ("{insert: x, at: {after: 2 chars}}", 'begin\n<text>\n"He"\nx"llo"\n" there"\n</text>\n'),
        ("{insert: x, at: {byte: 2}}", 'bexgin\n<text>\n"Hello"\n" there"\n</text>\n'),
    ],
)
def test_an_event_goes_wrong_at_its_place(client: Client, fault: str, expected: str) -> None:
    assert text_of(played(client, fault)) == expected + "end stop 1+2\n"


def test_an_event_behind_the_last_byte(client: Client) -> None:
    assert text_of(played(client, "{do: extra, at: end}")) == STREAM + "unheard of\n"


def test_an_error_at_a_byte_comes_behind_the_event_that_holds_it(client: Client) -> None:
    steps = played(client, "{error: overloaded, at: {byte: 8}}")

    assert text_of(steps) == "begin\n<text>\nfail overloaded\n"


def test_bytes_past_http_stand_where_they_are_put(client: Client) -> None:
    early, late = "{bare: x, at: start}", "{bare: y, at: {after: 0 events}}"

    bare, head, *rest = played(client, early, late)

    assert (bare, type(head), rest[0]) == (SendBare(b"x"), Head, SendBare(b"y"))


def test_faults_of_one_place_happen_as_listed(client: Client) -> None:
    at = "at: {after: 5 chars}"
    acts = [f"{{insert: a, {at}}}", f"{{stall: 1s, {at}}}", f"{{insert: b, {at}}}", f"{{do: hang, {at}}}"]

    steps = played(client, *acts, f"{{insert: c, {at}}}")

    assert steps[-4:] == [Send(b"a"), Wait(1), Send(b"b"), Hold()]


def test_faults_of_one_place_happen_as_listed_however_it_is_named(client: Client) -> None:
    acts = ["{insert: a, at: {after: 1 event}}", "{insert: b, at: {after: 5 chars}}"]

    assert '"Hello"\nab" there"\n' in text_of(played(client, *acts))


def test_faults_of_different_places_happen_in_the_order_of_the_places(client: Client) -> None:
    steps = played(client, "{do: reset, at: {after: 6 chars}}", "{do: drop, at: {after: 0 chars}}")

    assert (text_of(steps), ends_of(steps)) == ('begin\n<text>\n" "\n', [Reset()])


def test_a_stall_moves_what_comes_later(client: Client) -> None:
    stall = ["{stall: 5s, at: {after: 1 event}}"]

    steps = played(client, *stall, more="pace: {first: 1s, gap: 2s}")

    assert ends_of(steps) == [Wait(1), Wait(6), Wait(8)]


def test_a_stall_before_the_head_comes_behind_the_first_wait(client: Client) -> None:
    stall = "{stall: 5s, at: start}"

    steps = played(client, stall, more="pace: {first: 1s}")

    assert [type(step) for step in steps[:3]] == [Wait, Wait, Head]
    assert ends_of(steps) == [Wait(1), Wait(6)]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("speed", "expected"), [(10, [Wait(0.1), Wait(0.6)]), (0, [])])
def test_a_stall_is_as_fast_as_all_else(
    client: Client, speed: float, expected: list[Step], *, stream: bool
) -> None:
    steps = played(client, "{stall: 5s, at: start}", speed=speed, more="pace: {first: 1s}", stream=stream)

    assert ends_of(steps) == expected


# ------------------------------------------------------------------------------------- in one piece


@pytest.mark.parametrize(
    ("at", "before"),
    [
        ("start", ""),
        ("{after: 0 events}", ""),
        ("{after: 50%}", JSON[:19]),
        ("{after: 100%}", JSON),
        ("{byte: 9}", JSON[:9]),
        ("end", JSON),
        ("{after: 12 chars}", JSON),
    ],
)
def test_an_answer_in_one_piece_is_cut_as_far_into_its_body(client: Client, at: str, before: str) -> None:
    steps = played(client, f"{{do: cut, at: {at}}}", stream=False)

    assert text_of(steps) == before
    assert ends_of(steps) == []
    assert told_length(steps) == len(before)


def told_length(steps: list[Step]) -> int | None:
    match steps[0]:
        case Whole(answer=answer):
            return len(answer.body)
        case Head(body="length", length=length):
            return length
        case _:
            return None


@pytest.mark.parametrize(
    ("do", "ending"), [("reset", Reset()), ("disconnect", Disconnect()), ("hang", Hold())]
)
@pytest.mark.parametrize("at", ["{after: 50%}", "{byte: 19}"])
def test_an_answer_in_one_piece_that_breaks_off_was_told_whole(
    client: Client, do: str, ending: Step, at: str
) -> None:
    steps = played(client, f"{{do: {do}, at: {at}}}", stream=False)

    assert (told_length(steps), text_of(steps)) == (len(JSON), JSON[:19])
    assert ends_of(steps) == [ending]


def test_an_answer_in_one_piece_that_never_ends_tells_no_length(client: Client) -> None:
    head, *rest = played(client, "keepalive", stream=False)

    assert (head.body if isinstance(head, Head) else None) == "chunked"
    assert rest == [Send(JSON.encode()), Hold()]


def test_bytes_in_an_answer_in_one_piece_make_it_longer(client: Client) -> None:
    faults = ["{insert: xyz, at: {after: 50%}}", "{insert: '!', at: end}", "{insert: '?', at: {byte: 2}}"]

    steps = played(client, *faults, stream=False)

    assert text_of(steps) == f"<t?{JSON[2:19]}xyz{JSON[19:]}!"
    assert told_length(steps) == len(text_of(steps))


def test_an_answer_in_one_piece_stalls_as_long_as_it_says_behind_its_wait(client: Client) -> None:
    steps = played(client, "{stall: 5s, at: {after: 50%}}", stream=False, more="pace: {first: 3s}")

    assert ends_of(steps) == [Wait(3), Wait(8)]


def test_broken_json_in_one_piece_does_not_keep_the_rest_from_going_wrong(client: Client) -> None:
    raw = 'raw: {toy: {body: {"a": 1}}}'

    steps = played(client, "garble", "{do: reset, at: {after: 100%}}", stream=False, outcome=raw)

    assert (text_of(steps), ends_of(steps)) == ('{"a"', [Reset()])


@pytest.mark.parametrize("do", ["drop", "duplicate", "swap", "extra"])
def test_an_answer_in_one_piece_has_no_events(client: Client, do: str) -> None:
    mock = client(scenario(do))
    exchange = mock.exchange()

    assert text_of(list(exchange.steps)) == JSON
    assert exchange.entry.faults == ()


@pytest.mark.parametrize("at", ["start", "end", "{after: 1 char}", "{byte: 3}"])
def test_an_error_in_one_piece_is_a_whole_one(client: Client, at: str) -> None:
    steps = played(client, f"{{error: overloaded, at: {at}}}", stream=False)

    assert (status_of(steps), text_of(steps)) == (529, "overloaded: no\n")


# ------------------------------------------------------------------------------------ another answer


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_has_another_status_and_other_headers(client: Client, *, stream: bool) -> None:
    steps = played(client, "{status: 201, header: {x-more: a, content-type: null}}", stream=stream)

    head = steps[0].answer if isinstance(steps[0], Whole) else steps[0]
    assert isinstance(head, Head | Answer)
    assert head.status == 201
    assert dict(head.headers).get("x-more") == "a"
    assert "content-type" not in dict(head.headers)
    assert text_of(steps) == (STREAM if stream else JSON)


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_has_another_body_in_one_piece(client: Client, *, stream: bool) -> None:
    steps = played(client, "{status: 502, body: <html>}", stream=stream)

    assert (status_of(steps), text_of(steps), told_length(steps)) == (502, "<html>", 6)


@pytest.mark.parametrize("at", ["start", "end", "{byte: 1}"])
def test_another_body_is_told_as_long_as_it_becomes(client: Client, at: str) -> None:
    steps = played(client, "{body: <html>}", f"{{insert: more, at: {at}}}")

    assert told_length(steps) == len(text_of(steps)) == 10


def test_another_body_can_break_off_too(client: Client) -> None:
    steps = played(client, "{status: 502, body: <html>}", "{do: reset, at: {byte: 3}}")

    assert (text_of(steps), ends_of(steps)) == ("<ht", [Reset()])


# ------------------------------------------------------------------------------- errors and verbatim

ERROR = "error: overloaded"
FRAMES = "raw: {toy: {events: [one, two, three, four]}}"


@pytest.mark.parametrize(
    ("fault", "before", "ending"),
    [
        ("{do: reset, at: {after: 40%}}", "overlo", [Reset()]),
        ("{do: cut, at: {after: 1 event}}", "overloaded: no\n", []),  # it has none
        ("{do: disconnect, at: {in: text}}", "overloaded: no\n", []),
        ("{do: hang, at: start}", "", [Hold()]),
        ("{do: cut, at: {byte: 4}}", "over", []),
        ("{stall: 2s, at: start}", "overloaded: no\n", [Wait(2)]),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_an_error_goes_wrong_as_well(
    client: Client, fault: str, before: str, ending: list[Step], *, stream: bool
) -> None:
    steps = played(client, fault, outcome=ERROR, stream=stream)

    assert (text_of(steps), ends_of(steps)) == (before, ending)


@pytest.mark.parametrize(
    ("fault", "before", "ending"),
    [
        ("{do: cut, at: start}", "", []),
        ("{do: cut, at: {after: 0 events}}", "", []),
        ("{do: reset, at: {after: 2 events}}", "one\ntwo\n", [Reset()]),
        ("{do: reset, at: {after: 50%}}", "one\ntwo\n", [Reset()]),
        ("{do: hang, at: {after: 100%}}", "one\ntwo\nthree\nfour\n", [Hold()]),
        ("{do: drop, at: {after: 1 event}}", "one\nthree\nfour\n", []),
        ("{do: swap, at: {after: 3 events}}", "one\ntwo\nthree\nfour\n", []),
        ("{do: cut, at: {after: 5 events}}", "one\ntwo\nthree\nfour\n", []),
        ("{do: cut, at: {after: 3 chars}}", "one\ntwo\nthree\nfour\n", []),
        ("{error: overloaded, at: {after: 1 event}}", "one\nfail overloaded\n", []),
        ("{do: cut, at: {byte: 5}}", "one\nt", []),
    ],
)
def test_verbatim_frames_go_wrong_between_them(
    client: Client, fault: str, before: str, ending: list[Step]
) -> None:
    steps = played(client, fault, outcome=FRAMES)

    assert (text_of(steps), ends_of(steps)) == (before, ending)


@pytest.mark.parametrize(
    "outcome", [ERROR.replace("overloaded", "timeout"), FRAMES, "raw: {toy: {body: hi}}"]
)
def test_an_error_stands_instead_of_whatever_was_scripted(client: Client, outcome: str) -> None:
    steps = played(client, "{error: overloaded, at: start}", outcome=outcome)

    assert (status_of(steps), text_of(steps)) == (529, "overloaded: no\n")


def test_a_verbatim_body_goes_wrong_inside(client: Client) -> None:
    raw = "raw: {toy: {status: 404, body: not here}}"

    steps = played(client, "{do: disconnect, at: {after: 50%}}", outcome=raw)

    assert (status_of(steps), text_of(steps), ends_of(steps)) == (404, "not ", [Disconnect()])


# ---------------------------------------------------------------------------------------- framing too


def test_what_is_coded_breaks_off_in_its_coded_bytes(client: Client) -> None:
    coded = client(scenario("{do: cut, at: {byte: 30}}", more="wire: {encoding: gzip, body: length}"))

    steps = coded.steps(stream=True, headers={"accept-encoding": "gzip"})
    body = b"".join(step.data for step in steps if isinstance(step, Send))

    assert (len(body), told_length(steps)) == (30, 30)
    assert STREAM.encode().startswith(zlib.decompressobj(wbits=31).decompress(body))


def test_what_is_coded_is_told_as_long_as_it_is_coded(client: Client) -> None:
    coded = client(scenario("{stall: 1s, at: {after: 50%}}", more="wire: {encoding: gzip}"))

    steps = coded.steps(headers={"accept-encoding": "gzip"})
    body = b"".join(step.data for step in steps if isinstance(step, Send))

    assert zlib.decompress(body, wbits=31) == JSON.encode()
    assert told_length(steps) == len(body)


def test_the_framing_of_a_script_and_that_of_a_fault_come_together(client: Client) -> None:
    both = client(scenario("until-close", more="wire: {write: whole, close: true}"))

    head, send = both.steps(stream=True)

    assert (head.body if isinstance(head, Head) else "") == "close"
    assert ("connection", "close") in (head.headers if isinstance(head, Head) else ())
    assert send == Send(STREAM.encode())


# --------------------------------------------------------------------------- attempts and overrides


def test_attempts_have_faults_of_their_own_or_those_of_their_turn(client: Client) -> None:
    mock = client(
        """
        scenario: s
        fault: {do: cut, at: start}
        attempts:
          - {reply: A, fault: {do: reset, at: start}}
          - {reply: B}
          - {reply: C, faults: []}
        """
    )

    answers = [mock.steps(stream=True) for _ in range(3)]

    assert answers[0] == [Reset()]
    assert text_of(answers[1]) == ""
    assert '"C"' in text_of(answers[2])


def test_a_protocol_has_faults_of_its_own(client: Client) -> None:
    more = "for: {toy: {fault: {do: reset, at: start}}}"

    assert played(client, "{do: hang, at: start}", more=more) == [Reset()]
