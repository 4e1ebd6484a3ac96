"""The served API as a document: what is in it, and that it is valid."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import pytest
import toy
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, RootModel

from mockserver.conversation import Http, JsonObject
from mockserver.openapi import Described, document, routes_of
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Description, Operation, Route, Vendor
from mockserver.protocols.gate import noted
from mockserver.server.pages import control_answer
from mockserver.service import Service


class Piece(BaseModel):
    text: str


class Ask(BaseModel):
    model_config = ConfigDict(extra="forbid")

    say: str
    how: Annotated[str | None, noted("deprecated", "Say it plainly.")] = None
    pieces: list[Piece] = Field(default_factory=list, alias="somePieces")


class Told(BaseModel):
    told: str


class OtherTold(BaseModel):
    other: int


class Event(RootModel[Told | OtherTold]):
    pass


class Page(BaseModel):
    after: str
    limit: int = 20


class Envelope(BaseModel):
    error: str


SCHEMAS = "#/components/schemas/"

ASKED = Operation(
    "Ask something", body=Ask, query=Page, answer=Told, event=Event, status=201, errors=(400, 529)
)


def described(*routes: Described) -> JsonObject:
    """The document of these routes, which must be valid."""
    found = document(routes, "1")
    OpenAPIV31SpecValidator(found).validate()
    return found


def operation(*routes: Described) -> Any:
    """The only operation of the document of these routes."""
    (path,) = described(*routes)["paths"].values()
    (found,) = path.values()
    return found


def test_an_operation_tells_body_parameters_answer_stream_and_errors() -> None:
    found = operation(Described("POST", "/toys/{toy}", "Toy", ASKED, Envelope))

    schema = {"$ref": "#/components/schemas/Envelope"}
    assert found["summary"] == "Ask something"
    assert found["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Ask")
    assert [(one["name"], one["in"], one["required"]) for one in found["parameters"]] == [
        ("toy", "path", True),
        ("after", "query", True),
        ("limit", "query", False),
    ]
    assert list(found["responses"]) == ["201", "400", "529"]
    assert list(found["responses"]["201"]["content"]) == ["application/json", "text/event-stream"]
    assert found["responses"]["400"]["content"] == {
        "application/json": {"schema": schema},
        "text/event-stream": {"schema": schema},
    }


def test_members_have_the_names_that_go_over_the_wire() -> None:
    schema = described(Described("POST", "/toy", "Toy", ASKED))["components"]["schemas"]["Ask"]

    assert list(schema["properties"]) == ["say", "how", "somePieces"]
    assert schema["additionalProperties"] is False


def test_a_member_that_is_noted_is_told_with_its_note() -> None:
    schema = described(Described("POST", "/toy", "Toy", ASKED))["components"]["schemas"]["Ask"]

    assert schema["properties"]["how"]["deprecated"] is True
    assert schema["properties"]["how"]["x-mock-note"] == ["deprecated", "Say it plainly."]


def test_a_vendor_without_an_envelope_of_its_own_has_errors_of_any_shape() -> None:
    found = operation(Described("POST", "/toy", "Toy", ASKED))

    schema = found["responses"]["400"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Error"}


def test_an_answer_of_lines_is_of_their_type() -> None:
    found = operation(Described("GET", "/toy", "Toy", Operation("Tell all", answer=Told, media="text/lines")))

    assert found["responses"]["200"]["content"] == {"text/lines": {"schema": {"$ref": f"{SCHEMAS}Told"}}}


def test_an_answer_without_a_body_has_no_content() -> None:
    found = operation(Described("DELETE", "/toy", "Toy", Operation("Drop it", status=204)))

    assert found["responses"]["204"] == {"description": "No Content"}


def test_a_route_that_says_nothing_of_itself_is_there() -> None:
    assert operation(Described("GET", "/toy", "Toy"))["responses"]["200"]["content"]


def test_routes_that_share_path_and_method_give_any_of_their_answers() -> None:
    found = operation(
        Described("GET", "/toys/{toy}", "Toy", Operation("Get a toy", answer=Told)),
        Described("GET", "/toys/{name}", "Other", Operation("Get another", query=Page, answer=OtherTold)),
    )

    (toy_named, after, _) = found["parameters"]
    schema = found["responses"]["200"]["content"]["application/json"]["schema"]
    assert [one["$ref"].rpartition("/")[2] for one in schema["anyOf"]] == ["Told", "OtherTold"]
    assert found["summary"] == "Get a toy / Get another"
    assert found["tags"] == ["Toy", "Other"]
    assert toy_named["name"] == "toy"
    assert after["required"] is False


def test_what_is_shared_with_an_undescribed_route_may_be_anything() -> None:
    found = operation(
        Described("GET", "/toy", "Toy", Operation("Get a toy", answer=Told)),
        Described("GET", "/toy", "Other"),
    )

    assert found["responses"]["200"]["content"]["application/json"]["schema"] == {}


def test_a_method_behind_a_parameter_is_part_of_the_path() -> None:
    assert list(described(Described("POST", "/toys/{toy}:wind", "Toy"))["paths"]) == ["/toys/{toy}:wind"]


def test_a_key_may_be_in_any_of_its_places_unless_none_is_asked_for() -> None:
    found = described(Described("GET", "/toy", "Toy"), Described("GET", "/free", "Toy", open=True))

    assert [list(place) for place in found["security"]] == [
        ["bearer"],
        ["x-api-key"],
        ["x-goog-api-key"],
        ["key"],
    ]
    assert "security" not in found["paths"]["/toy"]["get"]
    assert found["paths"]["/free"]["get"]["security"] == []


def test_a_check_that_no_schema_can_tell_is_described_as_anything() -> None:
    class Odd(BaseModel):
        odd: Annotated[object, PlainValidator(lambda value: value)]

    found = described(Described("GET", "/toy", "Toy", Operation("Odd", answer=Odd)))

    assert found["components"]["schemas"]["Odd"]["properties"]["odd"] == {"title": "Odd"}


def test_the_routes_of_vendors_are_described_in_their_order() -> None:
    vendor = Vendor(
        "v",
        (Route("POST", "/v", toy.DIALECT),),
        toy.VENDOR.refuse,
        lambda _: True,
        describe=lambda: Description({("POST", "/v"): ASKED}, Envelope),
    )

    assert list(routes_of([vendor])) == [Described("POST", "/v", "v", ASKED, Envelope)]


def test_all_that_is_served_makes_a_valid_document() -> None:
    paths = described(*routes_of(VENDORS))["paths"]

    assert {"/v1/chat/completions", "/v1/models", "/anthropic/v1/messages"} <= set(paths)


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_route_is_described_and_nothing_else_is(vendor: Vendor) -> None:
    served = {(route.method, route.path) for route in vendor.routes}

    assert set(vendor.describe().operations) == served


def test_the_document_is_served_with_the_servers_own_pages(service: Service) -> None:
    answer = control_answer(Http("GET", "/_mock/openapi.json"), service)

    paths = orjson.loads(answer.body)["paths"]
    assert {"/toy", "/_mock/health", "/_mock/openapi.json", "/_mock/settings"} <= set(paths)
    assert {
        path: set(paths[path])
        for path in paths
        if path.startswith("/_mock/") and "security" not in str(paths[path])
    } == {
        "/_mock/requests": {"get", "delete"},
        "/_mock/events": {"get"},
        "/_mock/scenarios": {"get", "post", "delete"},
        "/_mock/play": {"post"},
        "/_mock/reset": {"post"},
        "/_mock/verify": {"get"},
        "/_mock/settings": {"get", "put"},
    }
    assert set(paths["/_mock/settings"]) == {"get", "put"}
    assert "security" not in paths["/_mock/settings"]["put"]
    assert paths["/_mock/health"]["get"]["security"] == []


def test_results_of_a_batch_are_described_as_lines() -> None:
    found = document(routes_of(VENDORS), "1")["paths"]["/v1/messages/batches/{batch}/results"]["get"]

    assert list(found["responses"]["200"]["content"]) == ["application/x-jsonl"]


@pytest.fixture
def service(client: Any) -> Service:
    found: Service = client("scenario: s\nreply: Hi").service
    return found
