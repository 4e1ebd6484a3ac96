"""Answers in one piece, errors and verbatim frames with what goes wrong in them."""

from __future__ import annotations

import pytest
from conftest import status_of, text_of
from faults.played import JSON, STREAM, Client, ends_of, played, scenario, told_length

from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, Step, Wait, Whole, plain
from mockserver.protocols.base import Answer

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

    assert text_of(list(plain(exchange.steps))) == JSON
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
