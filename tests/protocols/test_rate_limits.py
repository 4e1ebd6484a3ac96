"""Limits as each wire tells them: in the headers of its answers, and when they are used up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal import Journal
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, header_lookup
from mockserver.quotas import parse_limit
from mockserver.service import Service, Settings
from mockserver.steps import gathered

USER = [{"role": "user", "content": "Hi"}]
SCRIPT = "reply: Hello!\nusage: {input: 30, output: 12}\n"


@dataclass(frozen=True)
class Wire:
    """How a protocol is asked."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    stream: dict[str, Any] = field(default_factory=lambda: {"stream": True})


CHAT = Wire("/v1/chat/completions", {"model": "gpt-4o", "messages": USER})
RESPONSES = Wire("/v1/responses", {"model": "gpt-4o", "input": "Hi"})
COMPLETIONS = Wire("/v1/completions", {"model": "davinci-002", "prompt": "Hi"})
MESSAGES = Wire(
    "/anthropic/v1/messages",
    {"model": "claude-sonnet-4-6", "max_tokens": 99, "messages": USER},
    {"anthropic-version": "2023-06-01"},
)
GEMINI = Wire("/v1beta/models/gemini-2.5-pro:generateContent", {"contents": [{"parts": [{"text": "Hi"}]}]})
EMBEDDINGS = Wire("/v1/embeddings", {"model": "text-embedding-3-small", "input": "one two three four"})
GEMINI_EMBEDDING = Wire(
    "/v1beta/models/gemini-embedding-001:embedContent",
    {"content": {"parts": [{"text": "one two three four"}]}},
)
WIRES = {
    "openai.chat": CHAT,
    "openai.responses": RESPONSES,
    "openai.completions": COMPLETIONS,
    "anthropic": MESSAGES,
    "gemini": GEMINI,
}
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
openai_wires = pytest.mark.parametrize("wire", [CHAT, RESPONSES, COMPLETIONS], ids=list(WIRES)[:3])


class Client:
    """Talks to a service that limits as it is told."""

    def __init__(self, *limits: str, script: str = SCRIPT, **settings: Any) -> None:
        chosen = Settings(limits=tuple(map(parse_limit, limits)), **settings)
        engine = Engine(parse_scenarios(script, "limited.yaml", VENDORS))
        self.service = Service(VENDORS, engine, Journal(), chosen)

    def ask(self, wire: Wire, key: str = "k", elapsed: float = 0, **more: Any) -> Answer:
        body = orjson.dumps(wire.body | more)
        http = Http("POST", wire.path, headers=wire.headers, body=body, key=key)
        return gathered(self.service.respond(http, elapsed=elapsed).steps)

    def get(self, path: str) -> Answer:
        return gathered(self.service.respond(Http("GET", path, headers=MESSAGES.headers, key="k")).steps)

    def statuses(self, wire: Wire, times: int, **more: Any) -> list[int]:
        return [self.ask(wire, **more).status for _ in range(times)]


def told(answer: Answer, prefix: str) -> dict[str, str]:
    """The headers that begin so, without that."""
    lookup = header_lookup(answer.headers)
    return {name.removeprefix(prefix): value for name, value in lookup.items() if name.startswith(prefix)}


def openai_told(answer: Answer) -> dict[str, str]:
    return told(answer, "x-ratelimit-")


def anthropic_told(answer: Answer) -> dict[str, str]:
    return told(answer, "anthropic-ratelimit-")


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
def test_without_limits_nothing_changes(wire: Wire, stream: bool) -> None:  # noqa: FBT001 - a parameter
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


# ----------------------------------------------------------------------------------------------- refusals


def refused(wire: Wire, *limits: str, **more: Any) -> Answer:
    """The first answer that is a refusal."""
    client = Client(*limits)
    return next(answer for _ in range(9) if (answer := client.ask(wire, **more)).status == 429)


def error_of(answer: Answer) -> dict[str, Any]:
    error: dict[str, Any] = orjson.loads(answer.body)["error"]
    return error


@openai_wires
@pytest.mark.parametrize(
    ("limit", "bucket", "numbers", "wait"),
    [
        ("3 requests/m", "requests", "requests per min (RPM): Limit 3, Used 3, Requested 1", "1m0s"),
        ("2 requests/d", "requests", "requests per day (RPD): Limit 2, Used 2, Requested 1", "24h0m0s"),
        ("100 tokens/m", "tokens", "tokens per min (TPM): Limit 100, Used 84, Requested 30", "1m0s"),
        ("2 requests/10s", "requests", "requests per 10 seconds: Limit 2, Used 2, Requested 1", "10s"),
        ("9 output tokens/m", "tokens", "output tokens per min: Limit 9, Used 12, Requested 1", "1m0s"),
    ],
)
def test_openai_names_the_bucket_and_its_numbers(
    wire: Wire, limit: str, bucket: str, numbers: str, wait: str
) -> None:
    error = error_of(refused(wire, limit))

    assert error["message"] == (
        f"Rate limit reached for {wire.body['model']} in organization org-mockserver on {numbers}. "
        f"Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more."
    )
    assert (error["type"], error["param"], error["code"]) == (bucket, None, "rate_limit_exceeded")


def test_openai_tells_a_request_that_will_never_fit_to_be_smaller() -> None:
    assert error_of(refused(CHAT, "29 tokens/m"))["message"] == (
        "Request too large for gpt-4o in organization org-mockserver on tokens per min (TPM): Limit 29, "
        "Requested 30. The input or output tokens must be reduced in order to run successfully. "
        "Visit https://platform.openai.com/account/rate-limits to learn more."
    )


def test_openai_tells_the_bucket_that_no_limit_is_set_for_alike_when_it_refuses() -> None:
    client = Client("1 request/m")

    served, over = openai_told(client.ask(CHAT)), openai_told(client.ask(CHAT))

    assert over["remaining-tokens"] == served["remaining-tokens"]
    assert over["reset-tokens"] == served["reset-tokens"]


def test_openai_tells_the_wait_and_the_remainder_in_the_headers_of_a_refusal() -> None:
    answer = refused(CHAT, "2 requests/100ms", "500 tokens/h")

    assert told(answer, "retry-") == {"after": "1", "after-ms": "100"}
    assert openai_told(answer) == {
        "limit-requests": "2",
        "limit-tokens": "500",
        "remaining-requests": "0",
        "remaining-tokens": "416",
        "reset-requests": "100ms",
        "reset-tokens": "1h0m0s",
    }


@pytest.mark.parametrize(
    ("limit", "said", "wait"),
    [
        ("3 requests/m", "3 requests per minute", "60"),
        ("80000 input tokens/m", "80,000 input tokens per minute", "60"),
        ("20 output tokens/2h", "20 output tokens per 2 hours", "7200"),
        ("1 request/250ms", "1 requests per 250 milliseconds", "0.25"),
    ],
)
def test_anthropic_names_the_limit_and_the_wait(limit: str, said: str, wait: str) -> None:
    script = SCRIPT.replace("30", "40000") if "input" in limit else SCRIPT
    client = Client(limit, script=script)
    answer = next(answer for _ in range(9) if (answer := client.ask(MESSAGES)).status == 429)

    assert error_of(answer) == {
        "type": "rate_limit_error",
        "message": f"This request would exceed your organization's rate limit of {said}. "
        "For details, refer to: https://docs.claude.com/en/api/rate-limits.",
    }
    assert told(answer, "retry-") == {"after": wait}
    assert anthropic_told(answer)[f"{parse_limit(limit).unit.replace(' ', '-')}-remaining"] == "0"


@pytest.mark.parametrize(
    ("limit", "metric", "quota", "delay"),
    [
        ("3 requests/m", "requests", "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "60s"),
        ("3 requests/d", "requests", "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "86400s"),
        (
            "99 input tokens/m",
            "input_token_count",
            "GenerateContentInputTokensPerModelPerMinute-FreeTier",
            "60s",
        ),
        ("99 tokens/1500ms", "token_count", "GenerateContentTokensPerModelPerMinute-FreeTier", "1.5s"),
    ],
)
def test_gemini_names_the_quota_and_when_to_retry(limit: str, metric: str, quota: str, delay: str) -> None:
    error = error_of(refused(GEMINI, limit))
    amount = str(parse_limit(limit).amount)
    name = f"generativelanguage.googleapis.com/generate_content_free_tier_{metric}"
    violations = [item["violations"] for item in error["details"] if item["@type"].endswith("QuotaFailure")]
    delays = [item["retryDelay"] for item in error["details"] if item["@type"].endswith("RetryInfo")]

    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert (
        f"* Quota exceeded for metric: {name}, limit: {amount}, model: gemini-2.5-pro\n" in error["message"]
    )
    assert error["message"].endswith(f"Please retry in {delay}.")
    assert violations == [
        [
            {
                "quotaMetric": name,
                "quotaId": quota,
                "quotaDimensions": {"location": "global", "model": "gemini-2.5-pro"},
                "quotaValue": amount,
            }
        ]
    ]
    assert delays == [delay]


@every_wire
def test_the_gateway_refuses_in_its_own_words_without_a_wait(wire: Wire) -> None:
    client = Client("2 requests/10s", profile="gateway")
    answers = [client.ask(wire) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert error_of(answers[-1])["message"].startswith(
        "You have reached the request limit: at most 2 requests in 10 seconds (request id: "
    )
    assert not told(answers[-1], "retry-")


@openai_wires
def test_a_scripted_rate_limit_keeps_its_own_words(wire: Wire) -> None:
    answer = Client(
        "9 requests/m", script="error: {kind: rate_limit, message: Slow down., retry_after: 2s}"
    ).ask(wire)

    assert error_of(answer)["message"] == "Slow down."
    assert told(answer, "retry-")["after"] == "2"
    assert openai_told(answer)["remaining-requests"] == "8"
