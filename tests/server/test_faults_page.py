"""The catalogue of faults as a client gets it, whatever language it is written in."""

from __future__ import annotations

import json
from typing import Any

import pytest
import toy

from mockserver.assembly import build_service, builtin_folder
from mockserver.conversation import Http
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.protocols.base import Dialect
from mockserver.server.control_bodies import FaultList
from mockserver.server.pages import control_answer, front_text
from mockserver.service import Service
from mockserver.settings import Settings

PATH = "/_mock/faults"


@pytest.fixture(scope="module")
def service() -> Service:
    return build_service([builtin_folder()], Settings())


@pytest.fixture(scope="module")
def page(service: Service) -> Any:
    answer = control_answer(Http("GET", PATH), service)
    assert (answer.status, answer.headers) == (200, (("content-type", "application/json"),))
    return json.loads(answer.body)


def test_all_faults_are_told_in_their_order(page: Any) -> None:
    assert [fault["name"] for fault in page["faults"]] == [known.name for known in KNOWN_FAULTS]


def test_a_fault_is_told_with_what_a_client_needs(page: Any) -> None:
    (fault,) = [fault for fault in page["faults"] if fault["name"] == "sequence-gap"]

    assert fault == {
        "name": "sequence-gap",
        "says": "Sequence numbers leave one out.",
        "client": "Sees that an event may be missing.",
        "heals": False,
        "pitfalls": [13],
        "reports": ["onyx-dot-app/onyx#13624", "BerriAI/litellm#28899", "ENTERPILOT/GoModel#953"],
        "wires": {
            "openai.responses": {
                "stream": True,
                "json": False,
                "model": "mock-everything+sequence-gap",
                "asks": {"stream": {}, "json": {}},
            }
        },
    }


def test_every_fault_is_on_a_wire_and_every_wire_is_shown_by_some_answer(page: Any) -> None:
    for fault in page["faults"]:
        assert fault["wires"], fault["name"]
        for wire in fault["wires"].values():
            assert wire["stream"] or wire["json"], fault["name"]


def test_the_page_is_what_the_document_of_the_api_says(page: Any, service: Service) -> None:
    document = json.loads(control_answer(Http("GET", "/_mock/openapi.json"), service).body)

    answer = document["paths"][PATH]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/FaultList"}
    FaultList.model_validate(page)


def test_the_wires_are_those_that_are_served() -> None:
    service = build_service([], Settings(), [toy.VENDOR])
    dialect: Dialect = toy.DIALECT

    page = json.loads(control_answer(Http("GET", PATH), service).body)

    on = {wire for fault in page["faults"] for wire in fault["wires"]}
    assert on == {dialect.name}


def test_the_front_page_names_it(service: Service) -> None:
    assert f"Faults: http://here{PATH} (model `mock-<name>+<fault>`" in front_text("http://here", service)
