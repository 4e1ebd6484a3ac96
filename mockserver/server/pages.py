"""What the server says about itself: `GET /` for a person, and the paths below `/_mock/` for a machine.

A page is one row of the table at the end. The namespace of a request is its API key, as everywhere.
"""

from __future__ import annotations

import asyncio
import html
from functools import lru_cache

from mockserver import __version__
from mockserver.connection import environment
from mockserver.conversation import Http, JsonObject, json_text
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.showing import listed
from mockserver.protocols.base import FAULT_MARK, MODEL_PREFIX, Answer, Vendor
from mockserver.server.control_pages import CONTROL_PAGES
from mockserver.server.own_page import (
    OwnPage,
    PageError,
    error_page,
    json_page,
    meant_key,
    one_key,
    read_object,
)
from mockserver.server.settings import change, settings
from mockserver.service import Service

CONTROL_PREFIX = "/_mock/"
DOCUMENT_PATH = "/_mock/openapi.json"


def find_page(http: Http) -> OwnPage | Answer:
    """The page at a path of the server's own, or how it is refused that there is none."""
    there = [own for own in _PAGES if own.path == http.path]
    if not there:
        return error_page(404, f"There is no {http.path}. There are {', '.join(_PATHS)}.")
    for own in there:
        if own.method == http.method:
            return own
    methods = [own.method for own in there]
    refusal = error_page(405, f"{http.path} answers {' and '.join(methods)} only.")
    return Answer(refusal.status, (*refusal.headers, ("allow", ", ".join(methods))), refusal.body)


def control_answer(http: Http, service: Service) -> Answer:
    """The answer to a path of the server's own, at once."""
    match find_page(http):
        case OwnPage(page=page):
            try:
                return page(http, service)
            except PageError as error:
                return error.answer
        case refusal:
            return refusal


# ---------------------------------------------------------------------------------------- for machines


def _health(_: Http, service: Service) -> Answer:
    scenarios = [scenario.name for scenario in service.engine.scenarios]
    told: JsonObject = {"status": "ok", "version": __version__, "scenarios": scenarios}
    if (state := service.engine.state.health) != "memory":
        told |= {"state": state, "status": "ok" if state == "shared" else "degraded"}
    if (crew := service.crew) is None:
        return json_page(told)
    alive = crew.alive
    told["workers"] = {"wanted": crew.wanted, "alive": alive}
    return json_page(told) if alive == crew.wanted else json_page(told | {"status": "degraded"}, 503)


def _described(_: Http, service: Service) -> Answer:
    return _json(_document(tuple(service.vendors)))


async def _described_later(http: Http, service: Service, _: asyncio.Event) -> Answer:
    """It takes about a second when it is first asked for: streams must not wait while it is made."""
    return await asyncio.to_thread(_described, http, service)


def _json(text: bytes) -> Answer:
    return Answer(200, (("content-type", "application/json"),), text)


@lru_cache(maxsize=8)
def _document(vendors: tuple[Vendor, ...]) -> bytes:
    """Made when it is first asked for, as is what it is made of: few ask."""
    from mockserver.openapi import document, routes_of
    from mockserver.server.described_pages import described

    return json_text(document([*routes_of(vendors), *described(_PAGES)], __version__)).encode()


def _faults(_: Http, service: Service) -> Answer:
    return _json(_catalogue(tuple(service.vendors)))


@lru_cache(maxsize=8)
def _catalogue(vendors: tuple[Vendor, ...]) -> bytes:
    dialects = [dialect for vendor in vendors for dialect in vendor.dialects]
    return json_text({"faults": [listed(known, dialects) for known in KNOWN_FAULTS]}).encode()


def _settings(http: Http, service: Service) -> Answer:
    return json_page(settings(meant_key(http), service))


def _change_settings(http: Http, service: Service) -> Answer:
    change(one_key(http, service), read_object(http, '{"contract": "strict"}'), service.engine)
    return _settings(http, service)


# ------------------------------------------------------------------------------------------ for people


def _front_page(http: Http, service: Service) -> Answer:
    text = front_text(http.origin, service)
    if "text/html" not in http.headers.get("accept", ""):
        return Answer(200, (("content-type", "text/plain; charset=utf-8"),), text.encode())
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>mockserver</title>"
        "<meta name=viewport content='width=device-width'>"
        "<style>body{font:16px/1.5 ui-monospace,monospace;max-width:50em;margin:3em auto;padding:0 1em;"
        "white-space:pre-wrap;overflow-wrap:anywhere}@media(prefers-color-scheme:dark)"
        "{body{background:#111;color:#ddd}}</style>"
        f"<body>{html.escape(text)}</body></html>"
    )
    return Answer(200, (("content-type", "text/html; charset=utf-8"),), page.encode())


def front_json(origin: str, service: Service) -> str:
    """Where to reach the server, for a program that has started it: one line."""
    return json_text({"url": origin, "env": {**environment(service.vendors, origin)}})


def front_text(origin: str, service: Service) -> str:
    exports = "\n".join(
        f"  export {name}={value}" for name, value in environment(service.vendors, origin).items()
    )
    urls = "\n".join(
        f"  {vendor.sdk.title:<10} {origin}{vendor.sdk.base_path}" for vendor in service.vendors if vendor.sdk
    )
    listed = "\n".join(
        f"  {scenario.name:<16} {scenario.description}".rstrip() for scenario in service.engine.scenarios
    )
    return f"""mockserver {__version__}: a mock upstream LLM server. Nothing here is a real model.

Base URLs
{urls}

To paste
{exports}

Scenarios (choose one by model `{MODEL_PREFIX}<name>` or header `X-Mock-Scenario`)
{listed or "  none"}

Health: {origin}/_mock/health
API:    {origin}/_mock/openapi.json
Faults: {origin}/_mock/faults (model `{MODEL_PREFIX}<name>{FAULT_MARK}<fault>`, or header `X-Mock-Fault`)
"""


# ------------------------------------------------------------------------------------------- the table

_PAGES = (
    OwnPage("GET", "/", _front_page, open=True),
    OwnPage("GET", "/_mock/health", _health, open=True),
    OwnPage("GET", DOCUMENT_PATH, _described, open=True, later=_described_later),
    OwnPage("GET", "/_mock/faults", _faults, open=True),
    OwnPage("GET", "/_mock/settings", _settings),
    OwnPage("PUT", "/_mock/settings", _change_settings),
    *CONTROL_PAGES,
)
_PATHS = tuple(dict.fromkeys(own.path for own in _PAGES))
