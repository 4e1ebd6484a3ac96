from __future__ import annotations

import pytest

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context, Route, Vendor
from mockserver.protocols.credentials import find_key, fingerprint
from mockserver.routing import Found, NotFound, Router


def nothing(http: Http, context: Context) -> Answer:
    return Answer(200, (), b"")


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    return Answer(400, (), b"")


FIRST = Vendor(
    name="first",
    routes=(
        Route("GET", "/models", nothing, when=lambda http: "x-first" in http.headers),
        Route("POST", "/models/{model}:generate", nothing),
        Route("GET", "/models/{model}", nothing, when=lambda http: "x-first" in http.headers),
    ),
    refuse=refuse,
    owns=lambda http: http.path.startswith("/first"),
)
LAST = Vendor(
    name="last",
    routes=(
        Route("GET", "/models", nothing),
        Route("POST", "/chat", nothing),
        Route("GET", "/models/{model}", nothing),
        Route("GET", "/{anything}", nothing),
    ),
    refuse=refuse,
    owns=lambda http: True,
)
ROUTER = Router((FIRST, LAST))


@pytest.mark.parametrize(
    ("http", "vendor"),
    [
        (Http("GET", "/models"), "last"),
        (Http("GET", "/models", {"x-first": "1"}), "first"),
        (Http("GET", "/models/m"), "last"),
        (Http("GET", "/models/m", {"x-first": "1"}), "first"),
        (Http("POST", "/chat"), "last"),
    ],
)
def test_a_shared_path_goes_to_the_first_vendor_whose_route_applies(http: Http, vendor: str) -> None:
    found = ROUTER.find(http)

    assert isinstance(found, Found)
    assert found.vendor.name == vendor


@pytest.mark.parametrize(
    ("path", "model"),
    [("/models/m:generate", "m"), ("/models/a/b:c:generate", "a/b:c"), ("/models/a\nb:generate", "a\nb")],
)
def test_a_name_in_a_path_takes_slashes_colons_and_line_breaks(path: str, model: str) -> None:
    found = ROUTER.find(Http("POST", path))

    assert isinstance(found, Found)
    assert found.http.params == {"model": model}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/models/m", "/v1/models/{model}"),
        ("/v1/models/m/tuned", "/v1/models/{model}"),
        ("/v1/models/", "/v1/{anything}"),
        ("/v1/models", "/v1/{anything}"),
        ("/v1/modelsx/m", "/v1/{anything}"),
        ("/v1/files/f", "/v1/{anything}"),
        ("/v1/files/f/content", "/v1/{anything}"),
        ("/v2/models/m", "/v2/models/m"),
        ("/v2/models/n", "/{anything}"),
        ("/v2", "/{anything}"),
    ],
)
def test_the_first_registered_of_the_routes_that_fit_is_taken(path: str, expected: str) -> None:
    paths = (
        "/v1/models/{model}",
        "/v1/{anything}",
        "/v1/files/{file}",
        "/{anything}",
        "/v2/models/{model}",
        "/v2/models/m",
    )
    vendor = Vendor("only", tuple(Route("GET", path, nothing) for path in paths), refuse, lambda _: True)

    found = Router((vendor,)).find(Http("GET", path))

    assert isinstance(found, Found)
    assert found.route.path == expected


def test_a_wrong_method_is_refused_by_the_owner_of_the_path() -> None:
    found = ROUTER.find(Http("DELETE", "/chat"))

    assert found == NotFound(LAST, Failure("wrong_method"), ("POST",))


@pytest.mark.parametrize(("path", "vendor"), [("/first/x", FIRST), ("x", LAST)])
def test_an_unknown_path_is_refused_by_the_family_it_belongs_to(path: str, vendor: Vendor) -> None:
    assert ROUTER.find(Http("POST", path)) == NotFound(vendor, Failure("unknown_route"))


def test_a_path_of_one_family_is_not_refused_for_the_method_of_another() -> None:
    found = ROUTER.find(Http("DELETE", "/first/x"))

    assert found == NotFound(FIRST, Failure("unknown_route"))


@pytest.mark.parametrize(
    ("headers", "query", "key"),
    [
        ({}, {}, ""),
        ({"authorization": "Bearer abc"}, {}, "abc"),
        ({"authorization": "bearer  abc "}, {}, "abc"),
        ({"authorization": "abc"}, {}, "abc"),
        ({"authorization": "Bearer"}, {}, ""),
        ({"authorization": "Basic abc"}, {}, ""),
        ({"x-api-key": "abc"}, {}, "abc"),
        ({"x-goog-api-key": "abc"}, {}, "abc"),
        ({}, {"key": "abc"}, "abc"),
        ({"x-api-key": " ", "authorization": "Bearer abc"}, {}, "abc"),
        ({"x-api-key": "abc", "authorization": "Bearer other"}, {}, "abc"),
    ],
)
def test_a_key_is_found_in_every_documented_place(
    headers: dict[str, str], query: dict[str, str], key: str
) -> None:
    assert find_key(headers, query) == key


def test_a_fingerprint_does_not_tell_the_key() -> None:
    assert len(fingerprint("sk-secret")) == 8
    assert "secret" not in fingerprint("sk-secret")
    assert fingerprint("sk-secret") != fingerprint("sk-other")
    assert fingerprint("") == "none"
