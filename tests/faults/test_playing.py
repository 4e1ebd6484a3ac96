"""Streams with what goes wrong in them, from a scenario to the steps; framing, attempts and overrides too."""

from __future__ import annotations

import zlib

import pytest
from conftest import status_of, text_of
from faults.played import JSON, STREAM, Client, ends_of, played, scenario, told_length

from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait

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
