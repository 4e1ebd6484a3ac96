"""How a client, a test or a server asks for faults, and which of them goes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from conftest import ToyClient, status_of, text_of
from faults.heard import frames
from faults.wires import DIALECTS, Wires

from mockserver.conversation import Http
from mockserver.journal.verification import unmet
from mockserver.playback.steps import Whole, gathered, plain

Client = Callable[..., ToyClient]
HELLO = "scenario: hello\nmatch: by-name\nreply: Hello there"
FAULT = "x-mock-fault"


def asked(mock: ToyClient, model: str = "m", header: str | None = None, **headers: str) -> tuple[str, ...]:
    """The faults of the answer; of one that is refused, its status."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if header is not None:
        sent[FAULT] = header
    exchange = mock.exchange("x", model=model, headers=sent, stream=True)
    steps = list(plain(exchange.steps))
    refused = isinstance(steps[0], Whole) and (str(status_of(steps)),)
    return refused or exchange.entry.faults


@pytest.mark.parametrize("wire", DIALECTS)
@pytest.mark.parametrize("stream", [True, False])
def test_any_scenario_has_a_fault_behind_its_name(wire: str, *, stream: bool) -> None:
    wires = Wires()

    wires.steps(wire, "mock-hello+cut-mid-stream+until-close", stream=stream)

    assert wires.entry.faults == ("cut-mid-stream", "until-close")
    assert wires.entry.scenario == "hello/1"


@pytest.mark.parametrize("wire", DIALECTS)
def test_any_request_has_a_fault_in_its_header(wire: str) -> None:
    wires = Wires()

    wires.steps(wire, "any-model", headers={FAULT: "until-close"})

    assert wires.entry.faults == ("until-close",)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("until-close", ("until-close",)),
        ("until-close,hang", ("until-close", "hang")),
        (" until-close , hang ,", ("until-close", "hang")),
        ("until-close,until-close", ("until-close",)),
        ("", ()),
        (" , ", ()),
        ("nonsense", ("400",)),
        ("until-close nonsense", ("400",)),
    ],
)
def test_a_header_names_one_fault_or_several(client: Client, header: str, expected: tuple[str, ...]) -> None:
    assert asked(client("reply: Hi"), header=header) == expected


def test_what_a_model_and_a_header_ask_for_comes_together(client: Client) -> None:
    faults = asked(client(HELLO), "mock-hello+until-close", "hang-after-head")

    assert faults == ("until-close", "hang-after-head")


def test_a_scenario_in_a_header_has_faults_behind_its_name(client: Client) -> None:
    mock = client(HELLO)

    assert asked(mock, x_mock_scenario="hello+until-close") == ("until-close",)
    assert asked(mock, "mock-other+hang", x_mock_scenario="hello+until-close") == ("until-close", "hang")


def test_a_pinned_scenario_has_faults_behind_its_name(client: Client) -> None:
    mock = client(HELLO)
    mock.engine.pin("k", "hello+until-close")

    assert asked(mock) == ("until-close",)


def test_a_model_that_names_no_scenario_names_no_fault(client: Client) -> None:
    assert asked(client("reply: Hi"), "gpt+hang") == ()


def test_a_scenario_that_is_not_there_is_told_without_its_faults(client: Client) -> None:
    told = client(HELLO).ask("x", model="mock-helo+hang")

    assert told == "not_found: There is no scenario 'helo': did you mean `hello`?\n"


# -------------------------------------------------------------------------------- for a key, for all


def test_a_server_has_faults_for_all_and_a_key_others(client: Client) -> None:
    mock = client("reply: Hi", faults=("until-close",))
    mock.engine.spoil("k", ("gzip", "bom"))

    assert asked(mock) == ("gzip", "bom")
    mock.engine.spoil("k", ())
    assert asked(mock) == ()
    mock.engine.spoil("k", None)
    assert asked(mock) == ("until-close",)


def test_what_is_asked_for_goes_before_what_is_set(client: Client) -> None:
    mock = client("reply: Hi", faults=("until-close",))

    assert asked(mock, header="bom") == ("bom",)
    assert asked(mock, header="") == ("until-close",)


def test_what_a_script_says_happens_besides(client: Client) -> None:
    mock = client("reply: Hi\nfault: bom", faults=("until-close",))

    assert asked(mock) == ("bom", "until-close")
    assert asked(mock, header="gzip") == ("bom", "gzip")


def test_a_fault_for_all_just_does_not_show_where_it_cannot(client: Client) -> None:
    assert asked(client("reply: Hi", faults=("unknown-tool", "bom"))) == ("bom",)


# ---------------------------------------------------------------------------------- without a script


def test_an_answer_without_a_script_has_faults_too(client: Client) -> None:
    mock = client("", unmatched="auto")

    assert asked(mock, header="bom") == ("bom",)


def test_a_request_that_no_scenario_answers_is_told_so_whatever_it_asks(client: Client) -> None:
    assert asked(client("", unmatched="error"), header="bom") == ("404",)


@pytest.mark.parametrize("header", ["overloaded", "error-mid-stream", "nonsense"])
def test_an_error_that_was_asked_for_is_no_request_without_a_scenario(client: Client, header: str) -> None:
    mock = client("", unmatched="auto")

    asked(mock, header=header)

    assert unmet(mock.journal.entries()) == []


def test_a_turn_that_did_not_get_what_it_expects_says_so_without_faults(client: Client) -> None:
    mock = client("expect: {user: hello}\nreply: Hi\nfault: hang")

    assert asked(mock) == ("400",)


def test_a_model_with_a_fault_may_be_asked_where_only_known_models_may() -> None:
    wires = Wires(models="known")

    wires.steps("openai.chat", "mock-hello+bom")

    assert wires.entry.faults == ("bom",)


# -------------------------------------------------------------------------------- what goes on behind


def test_a_turn_in_which_something_went_wrong_is_not_compared_with_what_comes_back(client: Client) -> None:
    mock = client("turns: [{reply: One two, fault: cut-mid-stream}, {reply: Three}]")
    first = mock.exchange("x", stream=True)
    list(first.steps)
    first.entry.outcome = "faulted"

    second = mock.exchange(["x", {"assistant": "One"}, "y"], stream=True)

    assert second.entry.findings == ()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("error-mid-stream", "failed"),
        ("cut-mid-stream", "completed"),  # the model does not know that the connection broke
        ("bom", "completed"),
    ],
)
def test_a_response_that_failed_is_kept_as_one_that_failed(fault: str, status: str) -> None:
    wires = Wires()

    wires.steps("openai.responses", f"mock-everything+{fault}", store=True)

    (response,) = kept(wires)
    assert response["status"] == status


def test_of_a_response_that_failed_what_was_told_whole_is_kept() -> None:
    wires = Wires()

    told = wires.answer("openai.responses", "mock-everything+error-in-tool-call", store=True)

    (response,) = kept(wires)
    assert response == list(frames(told.body))[-1]["response"]
    assert [item["type"] for item in response["output"]] == ["reasoning", "message"]
    assert response["error"]["code"] == "server_error"


def test_a_response_in_the_background_that_fails_is_there_and_has_failed() -> None:
    wires = Wires()

    wires.steps("openai.responses", "mock-everything+error-mid-stream", background=True)

    assert [response["status"] for response in kept(wires)] == ["failed"]


def test_a_response_that_was_an_error_from_the_start_is_not_kept() -> None:
    wires = Wires()

    wires.steps("openai.responses", "mock-hello+overloaded", store=True)

    assert kept(wires) == []


def test_a_stored_completion_that_failed_is_not_kept() -> None:
    wires = Wires()

    wires.steps("openai.chat", "mock-hello+error-mid-stream", store=True)

    assert wires.engine.kept("k", "") == []


def kept(wires: Wires) -> list[Any]:
    """The stored responses, as clients get them."""
    return [
        orjson.loads(
            gathered(wires.service.respond(Http("GET", f"/v1/responses/{name}", key="k")).steps).body
        )
        for name in wires.engine.kept("k", "resp_")
    ]


@pytest.mark.parametrize(
    "fault", ["hang", "reset-mid-stream", "empty-stream", "bad-gateway", "no-http", "usage-missing", "bom"]
)
def test_a_batch_ends_whatever_is_set_for_all(fault: str) -> None:
    (result,) = results_of_a_batch(Wires(faults=(fault,)), "mock-hello")

    assert result["type"] == "succeeded"
    assert result["message"]["content"][0]["text"].startswith("Hello")


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("mock-hello+overloaded", "Overloaded"),
        ("mock-hello+hang", "The fault 'hang' shows on the wire, and this answer comes inside another."),
        ("mock-hello+nonsense", "There is no fault 'nonsense'"),
    ],
)
def test_a_request_of_a_batch_can_ask_for_an_error(model: str, reason: str) -> None:
    (result,) = results_of_a_batch(Wires(), model)

    assert result["type"] == "errored"
    assert reason in result["error"]["error"]["message"]


def results_of_a_batch(wires: Wires, model: str) -> list[Any]:
    params = {"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    created = sent(wires, "POST", "", {"requests": [{"custom_id": "one", "params": params}]})
    name = orjson.loads(created)["id"]
    while orjson.loads(sent(wires, "GET", f"/{name}"))["processing_status"] != "ended":
        pass
    return [orjson.loads(line)["result"] for line in sent(wires, "GET", f"/{name}/results").splitlines()]


def sent(wires: Wires, method: str, path: str, body: object = None) -> bytes:
    headers = {"anthropic-version": "2023-06-01", "content-type": "application/json"}
    url = f"/anthropic/v1/messages/batches{path}"
    http = Http(method, url, headers, body=orjson.dumps(body) if body else b"", key="k")
    return text_of(list(plain(wires.service.respond(http).steps))).encode()


ANSWERED: Mapping[str, Mapping[str, Any]] = {
    "openai.chat": {
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "go on"},
        ]
    },
    "openai.responses": {
        "input": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "go on"},
        ]
    },
    "anthropic": {
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "go on"},
        ]
    },
    "gemini": {
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"text": "Hi."}]},
            {"role": "user", "parts": [{"text": "go on"}]},
        ]
    },
}
"""A conversation in which the assistant has answered already."""


@pytest.mark.parametrize("fault", ["cut-in-tool-call", "call-id-missing"])
@pytest.mark.parametrize("wire", ANSWERED)
def test_a_fault_of_calls_just_does_not_show_in_a_later_turn_without_one(wire: str, fault: str) -> None:
    wires = Wires()

    first = wires.answer(wire, f"mock-hello+{fault}", stream=True)
    later = wires.answer(wire, f"mock-hello+{fault}", stream=True, **ANSWERED[wire])

    assert (first.status, later.status) == (400, 200)
    assert not wires.entry.unmet


def test_a_fault_that_nobody_knows_is_refused_in_later_turns_too() -> None:
    asked = ANSWERED["openai.chat"]

    assert Wires().answer("openai.chat", headers={FAULT: "nonsense"}, **asked).status == 400
