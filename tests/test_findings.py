"""How what was found is told: in the head of the answer, in the journal, in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from conftest import ToyClient

from mockserver.conversation import Finding, Http
from mockserver.findings import HEADER, header_text, told
from mockserver.playback.steps import Head, Send, Step, Wait, Whole
from mockserver.protocols.base import Answer
from mockserver.server.access_log import log_exchange
from mockserver.server.app import create_app

Client = Callable[..., ToyClient]
SCENARIO = "scenario: s\nreply: Hi"


def finding(code: str, pointer: str = "") -> Finding:
    return Finding("unknown", code, pointer, "A sentence.")


# ---------------------------------------------------------------------------------------------- header


def test_a_header_tells_severity_code_and_place_of_each() -> None:
    listed = [finding("a", "/x/0"), Finding("altered", "b", "", "A sentence.")]

    assert header_text(listed) == "unknown a /x/0, altered b"


def test_a_place_is_told_in_letters_that_a_header_can_hold() -> None:
    assert header_text([finding("a", "/ü\n, b")]) == "unknown a /%C3%BC%0A%2C%20b"


def test_what_would_make_a_header_too_long_is_counted() -> None:
    text = header_text([finding(f"c{number}", "/x" * 500) for number in range(25)])

    assert text.endswith(", 5 more")
    assert len(text) < 20 * 250


def test_a_whole_answer_and_the_head_of_a_stream_carry_them() -> None:
    steps: list[Step] = [
        Wait(1),
        Whole(Answer(200, (("a", "b"),), b"")),
        Head(200, (("c", "d"),)),
        Send(b"x"),
    ]

    wait, whole, head, send = told(iter(steps), [finding("a")])

    assert (wait, send) == (Wait(1), Send(b"x"))
    assert isinstance(whole, Whole)
    assert whole.answer.headers == (("a", "b"), (HEADER, "unknown a"))
    assert isinstance(head, Head)
    assert head.headers == (("c", "d"), (HEADER, "unknown a"))


def test_an_answer_without_findings_has_no_header(client: Client) -> None:
    (whole,) = client(SCENARIO).steps("x")

    assert isinstance(whole, Whole)
    assert HEADER not in dict(whole.answer.headers)


# ------------------------------------------------------------------------------------------- exchanges


def asked(mock: ToyClient, body: Any) -> tuple[int, str, list[str]]:
    """Status, header, and the codes in the journal."""
    exchange = mock.service.respond(Http("POST", "/toy", body=orjson.dumps(body), key="k"))
    (whole,) = exchange.steps
    assert isinstance(whole, Whole)
    header = dict(whole.answer.headers).get(HEADER, "")
    return whole.answer.status, header, [found.code for found in exchange.entry.findings]


@pytest.mark.parametrize(("contract", "status"), [("documented", 200), ("strict", 400), ("off", 200)])
def test_an_unknown_member_is_noted_everywhere_and_refused_by_strict_alone(
    client: Client, contract: str, status: int
) -> None:
    told = asked(client(SCENARIO, contract=contract), {"say": "x", "sya": 1})

    assert told == (status, "unknown unknown_parameter /sya", ["unknown_parameter"])


@pytest.mark.parametrize(("contract", "status"), [("documented", 400), ("strict", 400), ("off", 200)])
def test_an_error_is_refused_unless_nothing_is(client: Client, contract: str, status: int) -> None:
    told = asked(client(SCENARIO, contract=contract), {"say": "x", "max_tokens": "many"})

    assert told == (status, "error invalid_request /max_tokens", ["invalid_request"])


@pytest.mark.parametrize(("contract", "status"), [("documented", 200), ("strict", 400), ("off", 200)])
def test_a_deprecated_member_is_served_unless_the_mode_is_strict(
    client: Client, contract: str, status: int
) -> None:
    told = asked(client(SCENARIO, contract=contract), {"say": "x", "loud": True})

    assert told == (status, "deprecated deprecated_parameter /loud", ["deprecated_parameter"])


def test_an_ignored_member_is_served_in_every_mode(client: Client) -> None:
    told = asked(client(SCENARIO, contract="strict"), {"say": "x", "tone": "soft"})

    assert told == (200, "ignored ignored_parameter /tone", ["ignored_parameter"])


def test_a_body_without_what_it_needs_is_answered_where_nothing_is_refused(client: Client) -> None:
    assert asked(client(SCENARIO, contract="off"), {}) == (
        200,
        "error invalid_request /say",
        ["invalid_request"],
    )


def test_a_key_is_judged_in_its_own_mode(client: Client) -> None:
    mock = client(SCENARIO)
    mock.engine.judge("k", "strict")

    assert mock.status("x", sya=1) == 400
    assert mock.status("x", sya=1, key="other") == 200


def test_a_key_can_be_judged_as_all_others_again(client: Client) -> None:
    mock = client(SCENARIO)
    mock.engine.judge("k", "strict")

    mock.engine.judge("k", None)

    assert mock.status("x", sya=1) == 200


def test_a_reset_forgets_how_a_key_is_judged(client: Client) -> None:
    mock = client(SCENARIO)
    mock.engine.judge("k", "strict")

    mock.engine.reset("k")

    assert mock.status("x", sya=1) == 200


def test_how_a_key_is_judged_stands_beside_what_else_is_set_up(client: Client) -> None:
    mock = client(SCENARIO)
    mock.engine.pin("k", "s")
    mock.engine.judge("k", "off")

    assert mock.engine.setup("k").pinned == "s"


# ------------------------------------------------------------------------------------------------- log


def line_of(mock: ToyClient, caplog: pytest.LogCaptureFixture, body: Any) -> tuple[str, Any]:
    """The line of the log, and its fields."""
    exchange = mock.service.respond(Http("POST", "/toy", body=orjson.dumps(body), key="k"))
    exchange.entry.outcome = "complete"
    with caplog.at_level(logging.INFO, "mockserver.access"):
        log_exchange(exchange.entry, 0.001)
    (record,) = caplog.records
    return record.getMessage(), record.__dict__["exchange"]


def test_the_log_tells_what_was_let_pass(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    line, fields = line_of(client(SCENARIO), caplog, {"say": "x", "sya": 1})

    assert line.endswith("unknown: sya: extra_forbidden (unknown_parameter at /sya)")
    assert fields["findings"] == [
        {
            "severity": "unknown",
            "code": "unknown_parameter",
            "pointer": "/sya",
            "message": "sya: extra_forbidden",
        }
    ]


def test_the_log_tells_a_refusal_once(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    line, fields = line_of(client(SCENARIO), caplog, {"say": "x", "max_tokens": "many"})

    assert line.count("max_tokens: int_parsing") == 1
    assert [found["severity"] for found in fields["findings"]] == ["error"]


def test_the_log_tells_once_what_strict_refuses(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    line, _ = line_of(client(SCENARIO, contract="strict"), caplog, {"say": "x", "sya": 1})

    assert line.count("sya: extra_forbidden") == 1


def test_a_finding_is_told_with_its_place_where_it_has_one() -> None:
    assert str(Finding("unknown", "odd", "/sya", "Odd.")) == "unknown: Odd. (odd at /sya)"
    assert str(Finding("error", "unknown_model", "", "Not listed.")) == "error: Not listed. (unknown_model)"


def test_the_log_tells_an_error_that_was_let_pass(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    line, _ = line_of(client(SCENARIO, contract="off"), caplog, {"say": "x", "max_tokens": "many"})

    assert line.endswith("error: max_tokens: int_parsing (invalid_request at /max_tokens)")


# ------------------------------------------------------------------------------------------- over sockets


async def test_settings_over_http_change_how_a_key_is_judged(
    client: Client, aiohttp_client: Callable[[web.Application], Any]
) -> None:
    http: TestClient[Any, Any] = await aiohttp_client(create_app(client(SCENARIO).service))
    key = {"x-api-key": "k"}

    put = await http.put("/_mock/settings", json={"contract": "strict"}, headers=key)
    refused = await http.post("/toy", json={"say": "x", "sya": 1}, headers=key)
    served = await http.post("/toy", json={"say": "x", "sya": 1}, headers={"x-api-key": "other"})

    assert (put.status, refused.status, served.status) == (200, 400, 200)
    assert served.headers[HEADER] == "unknown unknown_parameter /sya"


async def test_settings_that_are_too_large_are_refused_as_json(
    client: Client, aiohttp_client: Callable[[web.Application], Any]
) -> None:
    http: TestClient[Any, Any] = await aiohttp_client(create_app(client(SCENARIO).service, max_body=10))

    answer = await http.put("/_mock/settings", json={"contract": "strict"})

    assert (answer.status, await answer.json()) == (413, {"error": {"message": "The body is too large."}})
