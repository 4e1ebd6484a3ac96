"""The official Node SDKs against the catalogue of faults: what each makes of an answer that goes wrong.

What a wire can show is asked for by the name of a model. Node runs once; the tests read what came of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from node.running import run_node

from mockserver.assembly import builtin_folder
from mockserver.conversation import JsonObject
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.known import KnownFault
from mockserver.faults.showing import asked_beside, model_showing
from mockserver.protocols import VENDORS
from mockserver.runner import MockServer

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
        "no-last-blank-line event-ids id-then-comment retry-field retry-frame done-missing no-end-of-body "
        "trailing-event unknown-event never-closes wrong-content-type no-content-type choices-null "
        "delta-null",
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
    "openai.chat helper": "empty-data role-missing usage-without-choices",
    "openai.completions stream": "empty-data",
    "openai.responses stream": "empty-data",
    "openai.responses helper": "empty-data unknown-event trailing-event item-id-missing",
    "anthropic stream": "done-event",
    "anthropic helper": "done-event message-start-repeated block-index-from-one",
    "gemini stream": "comments event-ids id-then-comment empty-data several-data-lines done-marker",
}
"""Where a correct client gets the whole reply and these SDKs do not."""


@dataclass(frozen=True, slots=True)
class Case:
    """A client, and what it asks for."""

    client: str
    model: str
    known: KnownFault | None = None
    asks: JsonObject = field(default_factory=dict)

    @property
    def fault(self) -> str:
        """The name of the fault, or "" for a healthy answer."""
        return self.known.name if self.known else ""

    @property
    def healthy(self) -> Case:
        """The same without the fault."""
        return Case(self.client, self.model.partition("+")[0])

    def told(self) -> dict[str, Any]:
        """The case as Node is told it."""
        patience = 1_500 if self.fault in SILENT else 30_000
        return {"client": self.client, "model": self.model, "asks": self.asks, "patience": patience}


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
class Note:
    """What the server has noted of one answer."""

    status: int
    outcome: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What came of all cases."""

    words: Mapping[str, Mapping[str, str]]
    """By client and fault, how it fared."""
    afterwards: Mapping[str, tuple[str, str]]
    """By client, how it fared with a healthy answer behind all others, and the text of that."""
    hung: frozenset[str]
    uncaught: tuple[str, ...]
    notes: tuple[Note, ...]


def cases() -> Iterator[Case]:
    """Every client with each fault that its wire can show to it."""
    dialects = {dialect.name: dialect for vendor in VENDORS for dialect in vendor.dialects}
    for wire, streaming in CLIENTS.items():
        for client, known in product((wire, *streaming), KNOWN_FAULTS):
            stream = client != wire
            if known.shows(dialects[wire], stream=stream):
                asks = asked_beside(known, dialects[wire], stream=stream)
                yield Case(client, model_showing(known), known, asks)


CASES = tuple(cases())
HEALTHY = {(case.healthy.client, case.healthy.model): case.healthy for case in CASES}
WHO = sorted({case.client for case in CASES})


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("faults")
    last = [Case(client, "mock-everything") for client in WHO]
    listed = [*HEALTHY.values(), *CASES, *last]
    (folder / "cases.json").write_text(json.dumps([case.told() for case in listed]))
    with MockServer(builtin_folder(), speed=20) as server:
        files = (str(folder / "cases.json"), str(folder / "outcomes.json"))
        run = run_node("fault_clients.mjs", *files, env=server.env)
        if run.returncode:
            pytest.fail(run.stdout, pytrace=False)
        notes = tuple(Note(entry.status, str(entry.outcome), entry.faults) for entry in server.exchanges)
    told = json.loads((folder / "outcomes.json").read_bytes())
    outcomes = [outcome(one) for one in told["outcomes"]]
    healthy = {key: outcomes.pop(0) for key in HEALTHY}
    words: dict[str, dict[str, str]] = {client: {} for client in WHO}
    hung: set[str] = set()
    for case in CASES:
        one = outcomes.pop(0)
        words[case.client][case.fault] = one.word(healthy[case.client, case.healthy.model])
        hung |= {case.fault} if one.hung else set()
    afterwards = {
        case.client: (one.word(healthy[case.client, case.model]), one.text)
        for case, one in zip(last, outcomes, strict=True)
    }
    return Survey(words, afterwards, frozenset(hung), tuple(told["uncaught"]), notes)


def outcome(told: Mapping[str, Any]) -> Outcome:
    error = told["error"]["name"] if told["error"] else ""
    return Outcome(told["text"], tuple(told["calls"]), error, told["hung"])


@pytest.mark.parametrize("client", TOLERANCE)
def test_an_sdk_fares_as_it_is_known_to(client: str, survey: Survey) -> None:
    expected = {fault: word for word, faults in TOLERANCE[client].items() for fault in faults.split()}

    assert {fault: survey.words[client][fault] for fault in expected} == expected


@pytest.mark.parametrize("client", WHO)
def test_the_whole_reply_reaches_the_user_where_a_correct_client_gets_it(client: str, survey: Survey) -> None:
    healing = {case.fault for case in CASES if case.client == client and case.known and case.known.heals}

    lost = {fault for fault in healing if survey.words[client][fault] != "whole"}

    assert lost == set(NOT_HEALED.get(client, "").split())


def test_only_silence_keeps_a_client_waiting(survey: Survey) -> None:
    assert survey.hung == SILENT


def test_every_fault_is_answered_as_one(survey: Survey) -> None:
    noted = {fault for note in survey.notes for fault in note.faults}

    assert noted == {case.fault for case in CASES}


def test_the_server_fails_at_none_of_them(survey: Survey) -> None:
    assert {note.outcome for note in survey.notes} == {"complete", "faulted", "left"}
    assert not [note for note in survey.notes if note.status >= 300 and not note.faults]


def test_a_healthy_answer_is_healthy_behind_all_faults(survey: Survey) -> None:
    assert {word for word, _ in survey.afterwards.values()} == {"whole"}
    assert all(text.startswith("Déjà") for _, text in survey.afterwards.values())


def test_no_error_is_thrown_past_its_caller(survey: Survey) -> None:
    assert survey.uncaught == ()
