"""What the server says about itself: `GET /` for a person, `/_mock/health` for a machine."""

from __future__ import annotations

import html

from mockserver import __version__
from mockserver.connection import environment
from mockserver.conversation import Http, json_text
from mockserver.engine import MODEL_PREFIX
from mockserver.protocols.base import Answer
from mockserver.service import Service

CONTROL_PREFIX = "/_mock/"

_JSON = (("content-type", "application/json"),)


def control_answer(http: Http, service: Service) -> Answer:
    """The answer to a path of the server's own."""
    if http.method != "GET":
        return _error(405, f"{http.path} answers GET only.")
    match http.path:
        case "/":
            return _front_page(http, service)
        case "/_mock/health":
            return Answer(200, _JSON, json_text(_health(service)).encode())
        case _:
            return _error(404, f"There is no {http.path}. Try /_mock/health.")


def _health(service: Service) -> dict[str, object]:
    return {
        "status": "ok",
        "version": __version__,
        "scenarios": [scenario.name for scenario in service.engine.scenarios],
    }


def _error(status: int, message: str) -> Answer:
    return Answer(status, _JSON, json_text({"error": {"message": message}}).encode())


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
"""
