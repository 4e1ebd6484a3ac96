"""The catalogue as files: the document and the bytes are what a server gives and the SDKs make of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import pytest
from faults.asking import CASES
from faults.document import DOCUMENT, REWRITE, WIRES, document, wire_files
from faults.gathering import Run, made_by_sdks, seen_by_sockets
from faults.sdk_content import Outcome

from mockserver.faults.drawing import find_fault

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDKs warn of much that faults do

_HEALTHY = "healthy/"
_STALE = f"If it is right as it is now, write it anew and look at what has changed:\n    {REWRITE}"


@pytest.fixture(scope="module")
def files() -> Mapping[str, str]:
    """What is to be in the files of the wire; they are written if that is asked for."""
    found = wire_files(seen_by_sockets())
    if "MOCKSERVER_REWRITE" in os.environ:
        for path in WIRES.rglob("*.txt"):
            path.unlink()
        (WIRES / _HEALTHY).mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            (WIRES / name).write_text(text)
    return found


@pytest.fixture(scope="module")
def outcomes() -> Mapping[Run, Outcome]:
    return made_by_sdks()


@pytest.mark.parametrize("fault", dict.fromkeys(case.fault for case in CASES))
def test_a_fault_is_on_the_wire_as_its_file_shows(files: Mapping[str, str], fault: str) -> None:
    assert files[f"{fault}.txt"] == (WIRES / f"{fault}.txt").read_text(), _STALE


def test_answers_without_faults_are_as_their_files_show(files: Mapping[str, str]) -> None:
    stale = [
        name
        for name, text in files.items()
        if name.startswith(_HEALTHY) and text != (WIRES / name).read_text()
    ]

    assert not stale, _STALE


def test_no_file_is_left_over(files: Mapping[str, str]) -> None:
    assert {str(path.relative_to(WIRES)) for path in WIRES.rglob("*.txt")} == files.keys(), _STALE


def test_every_fault_shows_on_every_wire_that_has_it(files: Mapping[str, str]) -> None:
    silent = [name for name, text in files.items() if "(no difference)" in text]

    assert silent == []


def test_the_document_tells_what_the_sdks_do(outcomes: Mapping[Run, Outcome]) -> None:
    text = document(outcomes)
    if "MOCKSERVER_REWRITE" in os.environ:
        DOCUMENT.write_text(text)

    assert text.splitlines() == DOCUMENT.read_text().splitlines(), _STALE


def test_where_a_correct_client_gets_the_whole_reply_a_stream_of_the_sdk_has_it_too(
    outcomes: Mapping[Run, Outcome],
) -> None:
    lost = {
        f"{case.fault} {case.wire}"
        for (case, way), outcome in outcomes.items()
        if way == "stream" and case.fault and find_fault(case.fault).heals
        if not outcome.error and content(outcome) != content(outcomes[case.healthy, way])
    }

    assert lost == set(LOST)


LOST = (
    "bom openai.completions",  # the first event goes with the mark
    "deltas-missing openai.responses",  # the text is there, in other events than those of pieces
    "reasoning-renamed openai.chat",  # it is there, under the other name
)
"""Where a user of the SDK has less than there is."""


def content(outcome: Outcome) -> list[object]:
    """What a user sees of a reply."""
    calls = outcome.facts.get("calls", {}).values()
    told = [(name, json.loads(arguments or "{}")) for name, arguments in calls]
    return [outcome.facts.get("text") or "", outcome.facts.get("thinking") or "", told]
