"""Which scenario, turn and attempt answers, seen through the toy protocol."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import ToyClient

from mockserver.conversation import Http

pytestmark = pytest.mark.anywhere

Client = Callable[..., ToyClient]

WEATHER = """
    scenario: weather
    match: {user: '/weather in (?P<city>\\w+)/i'}
    turns:
      - reply: [{tool_call: get_weather, arguments: {city: "{{ city }}"}}]
      - expect: {tool_result: get_weather}
        reply: It is {{ results.get_weather.temp_c }} °C in {{ city }}.
"""
CALLED = ["Weather in Paris?", {"call": "get_weather"}]
ANSWERED = [*CALLED, {"result": {"temp_c": 18}, "of": "get_weather"}]


def test_a_user_message_that_matches_opens_the_scenario(client: Client) -> None:
    assert (
        client(WEATHER)
        .ask("What's the weather in Paris?")
        .startswith('<call get_weather>{"city":"Paris"}</call>\n')
    )


def test_an_assistant_turn_moves_the_scenario_on(client: Client) -> None:
    assert client(WEATHER).ask(ANSWERED).startswith("<text>It is 18 °C in Paris.</text>")


def test_several_assistant_messages_in_a_row_are_one_turn(client: Client) -> None:
    said = [CALLED[0], {"assistant": "I look."}, *ANSWERED[1:]]

    assert client(WEATHER).ask(said).startswith("<text>It is 18")


def test_a_scenario_is_closed_after_its_last_turn(client: Client) -> None:
    said = [*ANSWERED, {"assistant": "18"}, "Thanks!"]

    assert client(WEATHER).status(said) == 404


def test_a_closed_scenario_can_be_opened_again(client: Client) -> None:
    said = [*ANSWERED, {"assistant": "18"}, "And the weather in Rome?"]

    assert '{"city":"Rome"}' in client(WEATHER).ask(said)


def test_a_user_message_in_a_running_scenario_does_not_open_it_again(client: Client) -> None:
    mock = client("""
        scenario: chat
        turns: [{reply: one}, {reply: two}, {reply: three}]
    """)

    assert mock.ask(["a", {"assistant": "one"}, "b", {"assistant": "two"}, "c"]).startswith("<text>three")


def test_words_of_the_assistant_at_the_end_are_not_a_turn(client: Client) -> None:
    mock = client("scenario: s\nturns: [{reply: one}, {reply: two}]")

    assert mock.ask(["a", {"assistant": "on"}]).startswith("<text>one")


def test_a_turn_that_was_paused_goes_on_with_the_next(client: Client) -> None:
    mock = client("scenario: s\nturns: [{reply: one, finish: pause}, {reply: two}]")

    assert mock.ask(["a", {"call": "search"}]).startswith("<text>two")


def test_after_repeat_starts_over_at_the_first_turn(client: Client) -> None:
    mock = client("scenario: s\nmatch: {user: go}\nafter: repeat\nturns: [{reply: one}, {reply: two}]")

    said = ["go", {"assistant": "one"}, "on", {"assistant": "two"}, "on"]

    assert mock.ask(said).startswith("<text>one")


def test_the_first_scenario_that_matches_answers(client: Client) -> None:
    mock = client("""
        scenario: first
        match: {user: hi}
        reply: first
        ---
        scenario: second
        reply: second
    """)

    assert [mock.ask("hi")[:11], mock.ask("ho")[:12]] == ["<text>first", "<text>second"]


@pytest.mark.parametrize(
    "chosen", [{"model": "mock-quiet"}, {"headers": {"x-mock-scenario": "quiet"}}], ids=["model", "header"]
)
def test_a_scenario_chosen_by_name_answers_whatever_is_said(
    client: Client, chosen: dict[str, object]
) -> None:
    mock = client("scenario: quiet\nmatch: by-name\nreply: I am here.")

    assert mock.ask("whatever", **chosen).startswith("<text>I am here.")


def test_a_scenario_by_name_does_not_take_part_otherwise(client: Client) -> None:
    assert client("scenario: quiet\nmatch: by-name\nreply: I am here.").status("whatever") == 404


def test_a_pinned_scenario_answers_its_key_only(client: Client) -> None:
    mock = client("scenario: quiet\nmatch: by-name\nreply: I am here.")

    mock.engine.pin("a", "quiet")

    assert [mock.status("x", key="a"), mock.status("x", key="b")] == [200, 404]


def test_a_name_that_is_not_there_is_told_with_the_nearest(client: Client) -> None:
    answer = client(WEATHER).ask("x", model="mock-wether")

    assert answer == "not_found: There is no scenario 'wether': did you mean `weather`?\n"


def test_an_unmatched_request_is_told_why(client: Client) -> None:
    answer = client(WEATHER).ask("Sing!")

    assert answer == (
        "not_found: No scenario matches this request. Nearest: weather (test.yaml:2:1): "
        'user: wanted text matching /weather in (?P<city>\\w+)/i, got "Sing!".\n'
    )


def test_the_nearest_scenario_is_the_one_with_the_most_conditions_that_hold(client: Client) -> None:
    mock = client("""
        scenario: stranger
        match: {user: bye}
        reply: x
        ---
        scenario: friend
        match: {user: hi, header: {x-team: red}}
        reply: x
    """)

    assert "Nearest: friend (" in mock.ask("hi")


def test_an_unmatched_request_is_answered_without_a_script_when_asked_so(client: Client) -> None:
    assert client(WEATHER, unmatched="auto").status("Sing!") == 200


def test_a_failed_expectation_is_refused_with_what_was_wanted_and_what_came(client: Client) -> None:
    mock = client(WEATHER)

    answer = mock.ask([*CALLED, "never mind"])

    assert answer == (
        "invalid_request: Scenario 'weather', turn 2, did not get what it expects. "
        "tool_result: wanted a result of get_weather, got no tool result (test.yaml:6:27)\n"
    )


def test_a_failed_expectation_is_kept_for_verification(client: Client) -> None:
    mock = client(WEATHER)

    mock.ask([*CALLED, "never mind"])

    assert mock.journal.entries("k")[0].unmet == (
        "weather/2: tool_result: wanted a result of get_weather, got no tool result (test.yaml:6:27)",
    )


def test_named_groups_of_an_expected_result_are_variables(client: Client) -> None:
    mock = client("""
        scenario: travel
        turns:
          - reply: [{tool_call: book}]
          - expect: {tool_result: {book: '/(?P<code>[A-Z]{3})/'}}
            reply: Your code is {{ code }}.
    """)

    said = ["Go", {"call": "book"}, {"result": "booked as XYZ", "of": "book"}]

    assert mock.ask(said).startswith("<text>Your code is XYZ.</text>")


def test_attempts_follow_one_another_and_the_last_repeats(client: Client) -> None:
    mock = client("scenario: s\nattempts: [{error: rate_limit}, {error: overloaded}, {reply: fine}]")

    assert [mock.ask("x").split(":")[0][:10] for _ in range(4)] == [
        "rate_limit",
        "overloaded",
        "<text>fine",
        "<text>fine",
    ]


def test_attempts_are_counted_for_each_conversation_and_key(client: Client) -> None:
    mock = client("scenario: s\nattempts: [{error: rate_limit}, {reply: fine}]")
    mock.ask("x")

    assert [mock.status("x"), mock.status("y"), mock.status("x", key="other")] == [200, 429, 429]


def test_a_retry_is_the_same_conversation_whatever_else_changed(client: Client) -> None:
    mock = client("scenario: s\nattempts: [{error: rate_limit}, {reply: fine}]")
    mock.ask("x", model="a")

    assert mock.status("x", model="b", stream=True) == 200


def test_the_number_of_the_attempt_is_a_variable_even_of_a_single_outcome(client: Client) -> None:
    mock = client("scenario: s\nreply: attempt {{ attempt }}")

    assert [mock.ask("x")[6:15] for _ in range(2)] == ["attempt 1", "attempt 2"]


def test_a_reset_forgets_the_attempts_of_its_key(client: Client) -> None:
    mock = client("scenario: s\nattempts: [{error: rate_limit}, {reply: fine}]")
    mock.ask("x")

    mock.engine.reset("k")

    assert mock.status("x") == 429


def test_a_stored_conversation_is_gone_on_with(client: Client) -> None:
    mock = client("scenario: s\nturns: [{reply: one}, {reply: two}]")
    first = mock.steps("a", keep=True)[-1]
    stored_under = dict(first.answer.headers)["toy-id"]  # type: ignore[union-attr]  # a `Whole`

    assert mock.ask("b", after=stored_under).startswith("<text>two")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ user }}", "Hi there"),
        ("{{ model }}", "toy-9"),
        ("{{ tools | join(' ') }}", "a b"),
        ("{{ turn }}", "1"),
        ("{% if user %}yes{% endif %}", "yes"),
    ],
)
def test_a_template_knows_the_request(client: Client, template: str, told: str) -> None:
    mock = client(f'scenario: s\nreply: "{template}"')

    assert mock.ask("Hi there", model="toy-9", tools=["a", "b"]).startswith(f"<text>{told}</text>")


def test_a_template_that_fails_points_at_its_place(client: Client) -> None:
    answer = client("scenario: s\nmatch: {user: '/x(?P<who>y)?/'}\nreply: Hi {{ who }}").ask("x")

    assert answer == (
        "server_error: The scenario cannot be played. test.yaml:3:8: 'who' is undefined; "
        "known here: attempt, model, results, tools, turn, user\n"
    )


def test_a_scenario_chosen_by_name_that_has_no_turn_left_is_told_though_auto_answers_the_rest(
    client: Client,
) -> None:
    mock = client("scenario: s\nmatch: {user: hi}\nturns: [{reply: [{tool_call: f}]}]", unmatched="auto")

    answer = mock.ask(["hi", {"call": "f"}, {"result": 1, "of": "f"}], model="mock-s")

    assert answer == "not_found: Scenario 's' has no turn for this point of the conversation.\n"


def test_a_request_answered_without_a_script_is_no_failed_verification(client: Client) -> None:
    mock = client(WEATHER, unmatched="auto")

    mock.ask("Sing!")

    assert mock.journal.entries("k")[0].unmet == ()


def test_what_a_key_has_set_up_outlives_the_requests_of_many_others(client: Client) -> None:
    mock = client("scenario: quiet\nmatch: by-name\nreply: I am here.")
    mock.engine.pin("mine", "quiet")

    for number in range(1_100):
        key = f"key-{number}"
        mock.engine.identify(key, mock.engine.fingerprint(Http("POST", "/", key=key)))

    assert mock.status("x", key="mine") == 200


def test_what_keys_set_for_themselves_is_bounded(client: Client) -> None:
    engine = client("").engine

    for number in range(10_001):
        engine.judge(f"key-{number}", "strict")

    assert engine.setup("key-0").contract is None
    assert engine.setup("key-1").contract == "strict"
