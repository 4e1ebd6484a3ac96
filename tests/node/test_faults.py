"""The official Node SDKs against the catalogue of faults: what each makes of an answer that goes wrong.

All that a wire can show is asked for by the name of the model. Node runs once; the tests read what came of
it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from node.running import run_node

from mockserver.assembly import builtin_folder
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.protocols import VENDORS
from mockserver.runner import MockServer

SCENARIO = "mock-everything"
CLIENTS = {
    "openai.chat": ("openai.chat stream", "openai.chat helper"),
    "openai.completions": ("openai.completions stream",),
    "openai.responses": ("openai.responses stream", "openai.responses helper"),
    "anthropic": ("anthropic stream", "anthropic helper"),
    "gemini": ("gemini stream",),
}
"""By wire: who asks for a stream. Who has the wire's name asks for an answer in one piece."""

SILENT = frozenset({"hang", "hang-after-head", "hang-mid-stream", "never-closes"})
"""Faults that a client only gets out of by its own patience."""

# What the tables of the wires' contracts say of the Node SDKs, in the words of `Outcome.word`.
TOLERANCE: Mapping[str, Mapping[str, str]] = {
    "openai.chat stream": {
        "whole": "crlf bare-cr comments comment-frames several-data-lines split-characters byte-by-byte bom "
        "no-last-blank-line event-ids id-then-comment retry-field done-missing no-end-of-body trailing-event "
        "unknown-event never-closes wrong-content-type no-content-type choices-null delta-null",
        "nothing": "json-for-a-stream empty-stream html-as-success",
        "SyntaxError": "empty-data garbled-event",
        "APIError": "error-first error-mid-stream error-plain",
        "TypeError": "reset-mid-stream disconnect-mid-stream bad-chunk",
    },
    "openai.chat": {
        "whole": "created",
        "nothing": "wrong-content-type no-content-type error-as-success",
        "SyntaxError": "garbled-event cut-mid-stream",
    },
    "openai.chat helper": {
        "whole": "preamble-without-choices tool-head-repeated role-repeated",
        "OpenAIError": "finish-missing finish-null tool-index-missing tool-index-from-one cut-mid-stream",
    },
    "openai.responses stream": {
        "whole": "sequence-missing logprobs-missing done-marker event-names-missing unknown-event",
        "APIError": "error-mid-stream error-plain error-flat",
        "TypeError": "reset-mid-stream no-end-of-body",
    },
    "openai.responses helper": {
        "whole": "done-events-missing completed-without-output",
        "nothing": "completed-output-empty",
        "OpenAIError": "created-missing id-changes item-added-missing part-added-missing "
        "output-index-constant item-id-changes",
    },
    "anthropic stream": {
        "whole": "message-start-missing message-stop-missing done-marker event-name-message "
        "no-last-blank-line",
        "nothing": "event-names-missing empty-stream json-for-a-stream",
        "SyntaxError": "done-event",
        "APIError": "error-first error-mid-stream error-plain",
    },
    "anthropic helper": {
        "whole": "crlf bare-cr comments comment-frames ping-storm unknown-event several-data-lines bom "
        "event-name-message done-marker usage-output-only message-delta-repeated tool-input-in-start "
        "tool-delta-empty wrong-content-type broken-arguments",
        "text lost": "block-index-gap block-index-from-one",
        "AnthropicError": "event-names-missing done-event no-last-blank-line message-stop-missing "
        "cut-mid-stream empty-stream json-for-a-stream message-start-missing usage-missing usage-null "
        "content-null message-start-repeated",
        "APIError": "error-first error-mid-stream",
    },
    "gemini stream": {
        "whole": "lf bare-cr comment-frames byte-by-byte split-characters finish-missing wrong-content-type "
        "no-content-type usage-missing candidates-missing unknown-event",
        "nothing": "event-ids id-then-comment comments empty-stream",
        "SyntaxError": "done-marker several-data-lines garbled-event",
        "Error": "no-last-blank-line json-array",
        "TypeError": "reset-mid-stream disconnect-mid-stream",
        "ApiError": "error-first error-mid-stream error-in-tool-call",
    },
    "gemini": {"whole": "created", "SyntaxError": "empty-stream", "ApiError": "error-array error-plain"},
}

NOT_HEALED: Mapping[str, str] = {
    "openai.chat stream": "empty-data",
    "openai.chat helper": "empty-data role-missing",
    "openai.completions stream": "empty-data",
    "openai.responses stream": "empty-data",
    "openai.responses helper": "empty-data unknown-event trailing-event item-id-missing",
    "anthropic stream": "done-event",
    "anthropic helper": "done-event no-last-blank-line message-start-repeated block-index-from-one",
    "gemini stream": "comments event-ids id-then-comment empty-data no-last-blank-line several-data-lines "
    "done-marker",
}
"""Where a correct client gets the whole reply and these SDKs do not."""


@dataclass(frozen=True, slots=True)
class Case:
    client: str
    fault: str
    """The name of a fault, or "" for a healthy answer."""
    heals: bool = True

    def asked(self) -> dict[str, Any]:
        model = f"{SCENARIO}+{self.fault}" if self.fault else SCENARIO
        patience = 1_500 if self.fault in SILENT else 30_000
        return {"client": self.client, "model": model, "patience": patience}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an SDK made of an answer."""

    text: str
    calls: tuple[str, ...]
    error: str
    """The class of the error in which it ended, if any."""
    hung: bool

    def word(self, healthy: Outcome) -> str:
        """The outcome in short: `whole` is what a healthy answer gives."""
        if self.hung or self.error:
            return "hangs" if self.hung else self.error
        if self == healthy:
            return "whole"
        if not self.text:
            return "text lost" if self.calls else "nothing"
        return "otherwise"


@dataclass(frozen=True, slots=True)
class Survey:
    """What came of all cases, and what the server has noted of them."""

    outcomes: Mapping[tuple[str, str], Outcome]
    afterwards: Mapping[str, Outcome]
    uncaught: tuple[str, ...]
    notes: tuple[tuple[int, str, tuple[str, ...]], ...]
    """The status, outcome and faults of each answer."""

    def words(self, client: str) -> dict[str, str]:
        """By fault, how this client fared."""
        healthy = self.outcomes[client, ""]
        return {fault: one.word(healthy) for (who, fault), one in self.outcomes.items() if who == client}


def cases() -> Iterator[Case]:
    """Every client with a healthy answer, and with each fault that its wire can show to it."""
    dialects = {dialect.name: dialect for vendor in VENDORS for dialect in vendor.dialects}
    for wire, streaming in CLIENTS.items():
        for client in (wire, *streaming):
            yield Case(client, "")
            for known in KNOWN_FAULTS:
                if known.shows(dialects[wire], stream=client != wire):
                    yield Case(client, known.name, known.heals)


CASES = tuple(cases())
WHO = sorted({case.client for case in CASES})


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("faults")
    listed = [*CASES, *(Case(client, "") for client in WHO)]
    (folder / "cases.json").write_text(json.dumps([case.asked() for case in listed]))
    with MockServer(builtin_folder(), speed=20) as server:
        files = (str(folder / "cases.json"), str(folder / "outcomes.json"))
        run = run_node("fault_clients.mjs", *files, env=server.env)
        if run.returncode:
            pytest.fail(run.stdout, pytrace=False)
        notes = tuple((entry.status, str(entry.outcome), entry.faults) for entry in server.exchanges)
    told = json.loads((folder / "outcomes.json").read_bytes())
    outcomes = [outcome(one) for one in told["outcomes"]]
    return Survey(
        {(case.client, case.fault): one for case, one in zip(CASES, outcomes, strict=False)},
        dict(zip(WHO, outcomes[len(CASES) :], strict=True)),
        tuple(told["uncaught"]),
        notes,
    )


def outcome(told: Mapping[str, Any]) -> Outcome:
    error = told["error"]["name"] if told["error"] else ""
    return Outcome(told["text"], tuple(told["calls"]), error, told["hung"])


@pytest.mark.parametrize("client", TOLERANCE)
def test_an_sdk_fares_as_it_is_known_to(client: str, survey: Survey) -> None:
    words = survey.words(client)
    expected = {fault: word for word, faults in TOLERANCE[client].items() for fault in faults.split()}

    assert {fault: words[fault] for fault in expected} == expected


@pytest.mark.parametrize("client", WHO)
def test_the_whole_reply_reaches_the_user_where_a_correct_client_gets_it(client: str, survey: Survey) -> None:
    words = survey.words(client)
    healing = {case.fault for case in CASES if case.client == client and case.heals}

    lost = {fault for fault in healing if words[fault] != "whole"}

    assert lost == set(NOT_HEALED.get(client, "").split())


def test_only_silence_keeps_a_client_waiting(survey: Survey) -> None:
    assert {fault for (_, fault), one in survey.outcomes.items() if one.hung} == SILENT


def test_every_fault_is_answered_as_one(survey: Survey) -> None:
    noted = {fault for _, _, faults in survey.notes for fault in faults}

    assert noted == {case.fault for case in CASES if case.fault}


def test_the_server_fails_at_none_of_them(survey: Survey) -> None:
    assert {outcome for _, outcome, _ in survey.notes} == {"complete", "faulted", "left"}
    assert all(faults for status, _, faults in survey.notes if status >= 300)
    assert not [note for note in survey.notes if note[0] == 400]


def test_a_healthy_answer_is_healthy_behind_all_faults(survey: Survey) -> None:
    assert survey.afterwards == {client: survey.outcomes[client, ""] for client in WHO}
    assert all(one.text and not one.error for one in survey.afterwards.values())


def test_no_error_is_thrown_past_its_caller(survey: Survey) -> None:
    assert survey.uncaught == ()
