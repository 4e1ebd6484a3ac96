"""One exchange from route to steps, seen through the toy protocol."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest
from conftest import ToyClient, text_of, waits_of

from mockserver.conversation import Failure, Http
from mockserver.journal.entries import Entry
from mockserver.playback.steps import Head, Whole, plain

pytestmark = pytest.mark.anywhere

Client = Callable[..., ToyClient]
HELLO = "scenario: hello\nreply: Hello!"


def answer(mock: ToyClient, http: Http) -> Whole:
    (whole,) = mock.service.respond(http).steps
    assert isinstance(whole, Whole)
    return whole


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/nowhere", 404),
        ("GET", "/toy", 405),
        ("DELETE", "/toy/models", 405),
        ("GET", "/toy/models", 200),
    ],
)
def test_a_route_answers_its_own_method_and_path(client: Client, method: str, path: str, status: int) -> None:
    assert answer(client(HELLO), Http(method, path, key="k")).answer.status == status


def test_a_wrong_method_tells_which_are_allowed(client: Client) -> None:
    headers = dict(answer(client(HELLO), Http("GET", "/toy", key="k")).answer.headers)

    assert headers["allow"] == "POST"


def test_the_route_is_checked_before_the_key(client: Client) -> None:
    assert answer(client(HELLO), Http("POST", "/nowhere")).answer.status == 404


@pytest.mark.parametrize(
    ("auth", "key", "status"),
    [
        ("any", "", 401),
        ("any", "anything", 200),
        ("off", "", 200),
        (frozenset({"right"}), "right", 200),
        (frozenset({"right"}), "wrong", 401),
        (frozenset({"right"}), "", 401),
    ],
)
def test_a_key_is_asked_for_as_the_settings_say(client: Client, auth: object, key: str, status: int) -> None:
    assert client(HELLO, auth=auth).status("x", key=key) == status


def test_models_list_the_scenarios_by_name(client: Client) -> None:
    assert answer(client(HELLO), Http("GET", "/toy/models", key="k")).answer.body == b"mock-hello"


def test_a_body_that_cannot_be_read_is_refused_in_the_words_of_the_wire(client: Client) -> None:
    whole = answer(client(HELLO), Http("POST", "/toy", body=b"{", key="k"))

    assert whole.answer.body == b"malformed_json: no\n"


def test_the_same_scenarios_seed_and_requests_give_the_same_bytes(client: Client) -> None:
    def run(order: list[str]) -> dict[str, list[object]]:
        mock = client(HELLO)
        return {said: list(mock.exchange(said).steps) for said in order}

    assert run(["a", "b", "c"]) == run(["c", "a", "b"])


def test_the_same_body_again_gets_another_id(client: Client) -> None:
    mock = client(HELLO)

    assert mock.steps("x") != mock.steps("x")


@pytest.mark.parametrize("other", [{"seed": "1"}, {"key": "other"}])
def test_another_seed_or_key_gives_other_ids(client: Client, other: dict[str, str]) -> None:
    key = other.get("key", "k")
    seed = other.get("seed", "0")

    assert client(HELLO).steps("x") != client(HELLO, seed=seed).steps("x", key=key)


def test_a_stream_and_the_json_answer_tell_the_same(client: Client) -> None:
    mock = client(HELLO)

    streamed = mock.ask("x", stream=True)

    assert streamed == 'begin\n<text>\n"Hello"\n"!"\n</text>\nend stop 5+2\n'
    assert mock.ask("x") == "<text>Hello!</text>\nstop 5+2\n"


def test_an_override_for_the_protocol_takes_the_place_of_the_turn(client: Client) -> None:
    assert (
        client("scenario: s\nreply: all\nfor: {toy: {reply: toy only}}").ask("x").startswith("<text>toy only")
    )


def test_scripted_headers_are_added_and_replace_those_of_their_name(client: Client) -> None:
    mock = client('scenario: s\nreply: Hi\nheaders: {x-extra: "for {{ user }}", toy-id: mine}')

    whole = mock.steps("Ann")[-1]

    assert isinstance(whole, Whole)
    assert dict(whole.answer.headers) == {
        "content-type": "text/plain",
        "x-extra": "for Ann",
        "toy-id": "mine",
    }


def test_scripted_headers_come_with_a_stream_too(client: Client) -> None:
    head = client("scenario: s\nreply: Hi\nheaders: {x-extra: 'yes'}").steps("x", stream=True)[0]

    assert isinstance(head, Head)
    assert ("x-extra", "yes") in head.headers


def test_scripted_usage_wins_over_counting(client: Client) -> None:
    mock = client("scenario: s\nreply: Hi\nusage: {input: 100, output: 7}")

    assert mock.ask("x").endswith("stop 100+7\n")


def test_a_scripted_finish_is_told(client: Client) -> None:
    assert "\nlength " in client("scenario: s\nreply: Hi\nfinish: length").ask("x")


def test_the_limit_of_the_client_cuts_the_reply(client: Client) -> None:
    mock = client("scenario: s\nreply: one two three")

    assert mock.ask("x", max_tokens=2).startswith("<text>one two</text>\nlength ")


def test_a_scripted_finish_is_not_cut(client: Client) -> None:
    mock = client("scenario: s\nreply: one two three\nfinish: stop")

    assert mock.ask("x", max_tokens=2).startswith("<text>one two three</text>\nstop ")


def test_a_model_that_is_told_not_to_think_does_not(client: Client) -> None:
    mock = client("scenario: s\nreply: [{thinking: one two three}, {text: four five}]")

    assert mock.ask("x", max_tokens=2, think=False).startswith("<text>four five</text>\nstop ")


def test_a_reply_that_is_scripted_to_end_at_a_limit_keeps_to_the_clients(client: Client) -> None:
    mock = client("scenario: s\nreply: one two three\nfinish: length")

    assert mock.ask("x", max_tokens=2).startswith("<text>one two</text>\nlength ")


@pytest.mark.parametrize(
    ("reply", "finish"),
    [
        ("[{text: a}]", "stop"),
        ("[{text: a}, {tool_call: f}]", "tool_calls"),
        ("[{refusal: no}]", "refusal"),
    ],
)
def test_a_reply_ends_as_its_parts_say(client: Client, reply: str, finish: str) -> None:
    assert f"\n{finish} " in client(f"scenario: s\nreply: {reply}").ask("x")


def test_an_error_is_never_streamed(client: Client) -> None:
    (whole,) = client(
        "scenario: s\nerror: {kind: overloaded, message: 'Sorry {{ user }}', status: 529}"
    ).steps("Ann", stream=True)

    assert isinstance(whole, Whole)
    assert (whole.answer.status, whole.answer.body) == (529, b"overloaded: Sorry Ann\n")


def test_an_error_waits_as_the_pace_says_before_it_comes(client: Client) -> None:
    assert waits_of(client("scenario: s\nerror: timeout\npace: {first: 2s}").steps("x")) == [2.0]


def test_the_waits_of_a_key_are_divided_as_it_has_set(client: Client) -> None:
    mock = client("scenario: s\nerror: timeout\npace: {first: 2s}", speed=2)

    mock.engine.hasten("quick", 8)
    mock.engine.hasten("skipping", 0)

    found = [waits_of(mock.steps("x", key=key)) for key in ("other", "quick", "skipping")]
    assert found == [[1.0], [0.25], []]


def test_what_answers_a_key_where_nothing_matches_is_as_it_has_set(client: Client) -> None:
    mock = client("", unmatched="error")

    mock.engine.fall_back("lenient", "auto")

    assert (mock.status("x", key="other"), mock.status("x", key="lenient")) == (404, 200)


def test_a_key_goes_back_to_what_the_server_does(client: Client) -> None:
    mock = client("scenario: s\nmatch: {user: y}\nerror: timeout\npace: {first: 2s}", unmatched="error")
    mock.engine.hasten("k", 0)
    mock.engine.fall_back("k", "auto")

    mock.engine.hasten("k", None)
    mock.engine.fall_back("k", None)

    assert waits_of(mock.steps("y")) == [2.0]
    assert mock.status("x") == 404


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("{body: {a: [1, yes]}}", '{"a":[1,"yes"]}'),
        ("{body: plain}", "plain"),
        ("{events: [{a: 1}, two]}", '{"a":1}\ntwo\n'),
        ("{bytes: 'x y'}", "x y"),
        ("{bytes: {base64: aGk=}}", "hi"),
    ],
)
def test_raw_is_sent_verbatim(client: Client, raw: str, text: str) -> None:
    assert client(f"scenario: s\nraw: {{toy: {raw}}}").ask("x") == text


def test_raw_sets_status_and_headers(client: Client) -> None:
    mock = client("scenario: s\nraw: {toy: {status: 418, headers: {x-tea: 'yes'}, body: short}}")

    (whole,) = mock.steps("x")

    assert isinstance(whole, Whole)
    assert whole.answer.status == 418
    assert dict(whole.answer.headers) == {"content-type": "application/json", "x-tea": "yes"}


def test_an_exchange_is_in_the_journal_with_its_claim(client: Client) -> None:
    mock = client(HELLO)

    mock.ask("x")

    (entry,) = mock.journal.entries("k")
    assert (entry.protocol, entry.scenario, entry.request and entry.request.user) == ("toy", "hello/1", "x")


def test_a_refusal_before_the_body_is_in_the_words_of_the_family(client: Client) -> None:
    exchange = client(HELLO).service.refuse(Http("POST", "/toy"), Failure("too_large", message="big"))

    assert text_of(list(plain(exchange.steps))) == "too_large: big\n"


def test_what_was_said_does_not_keep_the_entry_of_its_exchange(client: Client) -> None:
    mock = client(HELLO)
    mock.ask("x", key="of-this-test")

    mock.journal.clear("of-this-test")

    gc.collect()
    kept = [entry for entry in gc.get_objects() if isinstance(entry, Entry)]
    assert [entry for entry in kept if entry.http.key == "of-this-test"] == []


def test_what_is_stored_does_not_point_into_the_body_it_came_in(client: Client) -> None:
    mock = client(HELLO)

    mock.ask(["x", {"assistant": "y"}, "z"], keep=True)

    (name,) = mock.engine.kept("k", "")
    stored = mock.engine.recall("k", name)
    assert stored is not None
    assert [message.pointer for message in stored.messages] == ["", "", "", ""]
