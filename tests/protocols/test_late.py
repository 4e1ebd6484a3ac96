"""What is loaded when it is first asked for: that it is there, is what it says, and waits until then."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from toy import DIALECT, VENDOR

from mockserver.conversation import Failure, Http
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, Context, Dialect, Respond, Route, Stream
from mockserver.protocols.late import LateDialect, late, loading

LATE = [dialect for vendor in VENDORS for dialect in vendor.dialects]
DIRECT = [(route, route.serve) for vendor in VENDORS for route in vendor.routes if callable(route.serve)]


def test_the_name_of_a_dialect_is_known_before_it_is_loaded() -> None:
    def unwanted() -> Dialect:
        raise AssertionError("it was loaded")

    assert LateDialect("toy", unwanted).name == "toy"


def test_a_dialect_is_loaded_once() -> None:
    loads: list[str] = []

    def load() -> Dialect:
        loads.append("toy")
        return DIALECT

    dialect: Dialect = LateDialect("toy", load)

    assert (dialect.carries, dialect.spoken) == (DIALECT.carries, DIALECT.spoken)
    assert dialect.read == DIALECT.read
    assert loads == ["toy"]


def test_what_no_dialect_has_is_not_there() -> None:
    with pytest.raises(AttributeError):
        _ = LateDialect("toy", lambda: DIALECT).sing


@pytest.mark.parametrize("dialect", LATE, ids=lambda dialect: dialect.name)
def test_a_dialect_has_the_name_that_it_is_known_by(dialect: Dialect) -> None:
    known = dialect.name

    assert dialect.carries  # loads it
    assert dialect.name == known


@pytest.mark.parametrize(("route", "serve"), DIRECT, ids=lambda each: getattr(each, "path", None))
def test_what_answers_a_route_is_there(route: Route, serve: Respond) -> None:
    params = dict.fromkeys(re.findall(r"\{(\w+)\}", route.path), "x")

    answer = serve(Http(route.method, re.sub(r"[{}]", "", route.path), params=params), Context())

    assert isinstance(answer, Answer | Stream | Failure)


def test_what_is_there_is_not_loaded_in_a_step() -> None:
    dialects = [LateDialect("one", lambda: DIALECT), LateDialect("two", lambda: DIALECT)]
    asked: Dialect = dialects[0]
    assert asked.carries
    (step,) = loading([replace(VENDOR, dialects=dialects)])

    step()

    assert all(dialect.is_there for dialect in dialects)


def test_a_module_is_loaded_when_its_function_is_asked() -> None:
    respond = late("mockserver.protocols.nowhere")("answer")

    with pytest.raises(ModuleNotFoundError):
        respond(Http("GET", "/"), Context())
