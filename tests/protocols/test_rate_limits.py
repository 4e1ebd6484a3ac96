"""Limits as each wire tells them: in the headers of its answers, and when they are used up."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.limited import (
    CHAT,
    EMBEDDINGS,
    GEMINI,
    GEMINI_EMBEDDING,
    MESSAGES,
    WIRES,
    Client,
    Wire,
    anthropic_told,
    every_wire,
    openai_told,
    openai_wires,
)

# ------------------------------------------------------------------------------------------------ counting


@every_wire
def test_the_request_after_the_last_is_refused_and_the_one_after_that_begins_a_window(wire: Wire) -> None:
    assert Client("3 requests/m").statuses(wire, 5) == [200, 200, 200, 429, 200]


@every_wire
def test_in_real_time_the_window_ends_after_its_length(wire: Wire) -> None:
    client = Client("1 request/m", time_passes=True)

    moments = (500.0, 520.0, 559.9, 560.0, 561.0)

    assert [client.ask(wire, elapsed=moment).status for moment in moments] == [200, 429, 429, 200, 429]


@every_wire
def test_tokens_are_counted_as_usage_says(wire: Wire) -> None:
    assert Client("100 tokens/m").statuses(wire, 3) == [200, 200, 429]
    assert Client("100 input tokens/m").statuses(wire, 4) == [200, 200, 200, 429]
    assert Client("13 output tokens/m").statuses(wire, 3) == [200, 200, 429]


def test_each_key_has_its_own_windows() -> None:
    client = Client("1 request/m")

    assert [client.ask(CHAT, key).status for key in ("a", "b", "a", "b")] == [200, 200, 429, 429]


def test_all_wires_of_a_key_share_a_limit() -> None:
    client = Client("4 requests/m")

    assert [client.ask(wire).status for wire in WIRES.values()] == [200, 200, 200, 200, 429]


def test_a_reset_begins_anew() -> None:
    client = Client("1 request/m")
    client.ask(CHAT)

    client.service.engine.reset("k")

    assert client.ask(CHAT).status == 200


def test_what_the_contract_refuses_counts_as_a_request() -> None:
    client = Client("1 request/m")

    assert client.ask(CHAT, temperature="hot").status == 400
    assert client.ask(CHAT, temperature="hot").status == 429


def test_an_error_of_the_script_counts_as_a_request() -> None:
    assert Client("1 request/m", script="error: overloaded").statuses(CHAT, 2) == [503, 429]


@pytest.mark.parametrize("more", [{}, {"stream": True}], ids=["json", "stream"])
def test_an_answer_in_which_something_goes_wrong_counts_once(more: dict[str, Any]) -> None:
    client = Client("100 tokens/m", faults=("finish-null",))

    assert openai_told(client.ask(CHAT, **more))["remaining-tokens"] == "58"


def test_lists_and_counts_of_tokens_are_not_limited() -> None:
    client = Client("1 request/m")
    counting = Wire("/v1/responses/input_tokens", {"model": "gpt-4o", "input": "Hi"})

    assert client.statuses(counting, 3) == [200] * 3
    assert client.ask(CHAT).status == 200
    assert client.get("/v1/models").status == 200


def test_what_is_not_limited_tells_what_is_left_all_the_same() -> None:
    client = Client("3 requests/m", "100 tokens/m")
    client.ask(CHAT)

    limits = openai_told(client.get("/v1/models"))

    assert (limits["remaining-requests"], limits["remaining-tokens"]) == ("2", "58")


def test_the_requests_of_a_batch_are_not_limited() -> None:
    client = Client("1 request/m")
    asked = [{"custom_id": name, "params": MESSAGES.body} for name in "abc"]
    path = f"{MESSAGES.path}/batches"
    batch = orjson.loads(client.ask(Wire(path, {"requests": asked}, MESSAGES.headers)).body)["id"]

    client.get(f"{path}/{batch}")
    results = [orjson.loads(line) for line in client.get(f"{path}/{batch}/results").body.splitlines()]

    assert [result["result"]["type"] for result in results] == ["succeeded"] * 3
    assert client.statuses(MESSAGES, 2) == [200, 429]


@pytest.mark.parametrize("wire", [EMBEDDINGS, GEMINI_EMBEDDING], ids=["openai", "gemini"])
def test_embeddings_count_with_their_input(wire: Wire) -> None:
    assert Client("2 requests/m").statuses(wire, 3) == [200, 200, 429]
    assert Client("8 tokens/m").statuses(wire, 3) == [200, 200, 429]


def test_embeddings_tell_what_is_left() -> None:
    assert openai_told(Client("8 tokens/m").ask(EMBEDDINGS))["remaining-tokens"] == "3"


# ---------------------------------------------------------------------------------------------- scenarios


THREE = """
scenario: dear
match: {user: dear}
limits: 1 request/m
reply: Dear.
---
scenario: rare
match: {user: rare}
limits: 1 request/m
reply: Rare.
---
scenario: cheap
reply: Cheap.
"""


def say(client: Client, text: str, key: str = "k") -> int:
    return client.ask(CHAT, key, messages=[{"role": "user", "content": text}]).status


def test_the_limits_of_a_scenario_count_what_it_answers() -> None:
    client = Client(script=THREE)

    assert [say(client, text) for text in ("dear", "x", "x", "dear", "dear")] == [200, 200, 200, 429, 200]
    assert say(client, "dear", key="another") == 200


def test_each_scenario_has_its_own_windows() -> None:
    client = Client(script=THREE)

    assert [say(client, text) for text in ("dear", "rare", "rare")] == [200, 200, 429]


def test_both_kinds_of_limits_hold_at_once_and_the_tighter_is_told() -> None:
    client = Client("3 requests/m", script=THREE)
    answer = client.ask(CHAT, messages=[{"role": "user", "content": "dear"}])

    assert openai_told(answer)["limit-requests"] == "1"
    assert [say(client, "x") for _ in range(3)] == [200, 200, 429]


def test_a_refused_request_is_no_attempt() -> None:
    script = (
        "limits: 1 request/m\nattempts: [{error: overloaded}, {error: server_error}, {reply: Here I am.}]"
    )

    assert Client(script=script).statuses(CHAT, 5) == [503, 429, 500, 429, 200]


def test_a_refused_request_does_not_fail_verification() -> None:
    client = Client("1 request/m", script="match: {user: hi}\nexpect: {system: kind}\nreply: Hello!")

    assert client.statuses(CHAT, 2) == [400, 429]
    assert [len(entry.unmet) for entry in client.service.journal.entries()] == [1, 0]


# ----------------------------------------------------------------------------------------------- headers


@every_wire
@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
def test_without_limits_nothing_changes(wire: Wire, stream: bool) -> None:
    more = wire.stream if stream and wire is not GEMINI else {}
    unlimited, limited = Client().ask(wire, **more), Client("9 requests/m").ask(wire, **more)

    assert unlimited.body == limited.body
    assert {name for name, _ in unlimited.headers} == {name for name, _ in limited.headers}


@openai_wires
@pytest.mark.parametrize("more", [{}, {"stream": True}], ids=["json", "stream"])
def test_openai_tells_what_is_left_after_this_very_answer(wire: Wire, more: dict[str, Any]) -> None:
    client = Client("3 requests/m", "100 tokens/10s")

    first, second = openai_told(client.ask(wire, **more)), openai_told(client.ask(wire, **more))

    assert first == {
        "limit-requests": "3",
        "limit-tokens": "100",
        "remaining-requests": "2",
        "remaining-tokens": "58",
        "reset-requests": "1m0s",
        "reset-tokens": "10s",
    }
    assert (second["remaining-requests"], second["remaining-tokens"]) == ("1", "16")


def test_openai_tells_limits_of_input_in_its_one_bucket_of_tokens() -> None:
    limits = openai_told(Client("90 input tokens/m", "500 output tokens/m").ask(CHAT))

    assert (limits["limit-tokens"], limits["remaining-tokens"]) == ("90", "60")


def test_resets_are_told_in_real_time() -> None:
    client = Client("9 requests/m", time_passes=True)
    client.ask(CHAT, elapsed=100)

    assert openai_told(client.ask(CHAT, elapsed=118.25))["reset-requests"] == "41.75s"


@pytest.mark.parametrize("more", [{}, {"stream": True}], ids=["json", "stream"])
def test_anthropic_tells_every_limit_and_the_moment_of_its_reset(more: dict[str, Any]) -> None:
    client = Client("3 requests/m", "100 input tokens/10s", "50 output tokens/h")

    assert anthropic_told(client.ask(MESSAGES, **more)) == {
        "requests-limit": "3",
        "requests-remaining": "2",
        "requests-reset": "2026-01-01T00:01:00Z",
        "input-tokens-limit": "100",
        "input-tokens-remaining": "70",
        "input-tokens-reset": "2026-01-01T00:00:10Z",
        "output-tokens-limit": "50",
        "output-tokens-remaining": "38",
        "output-tokens-reset": "2026-01-01T01:00:00Z",
        "tokens-limit": "150",
        "tokens-remaining": "108",
        "tokens-reset": "2026-01-01T01:00:00Z",
    }


@pytest.mark.parametrize(
    ("limit", "remaining"),
    [
        (10_000, "10000"),
        (80_000, "80000"),
        (80_530, "80000"),
        (81_010, "81000"),
        (80_542, "80542"),
        (99, "57"),
    ],
)
def test_anthropic_rounds_the_tokens_that_are_left_to_thousands_where_there_are_thousands(
    limit: int, remaining: str
) -> None:
    assert anthropic_told(Client(f"{limit} tokens/m").ask(MESSAGES))["tokens-remaining"] == remaining


def test_gemini_tells_its_limits_in_no_header() -> None:
    names = {name for name, _ in Client("1 request/m").ask(GEMINI).headers}

    assert not [name for name in names if "limit" in name or "retry" in name]
