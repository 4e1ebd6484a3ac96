"""A running server asked from a shell: what is unmet, and the journal, as lines for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from mockserver.conversation import Json, JsonObject
from mockserver.values import dataclass

_EVERY_KEY = "*"
_PAGE = 1_000
_WAIT = 30.0
_PATIENCE = 30.0
"""Seconds beyond the wait in which the server must answer."""

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
"""What a client sent must not steer the terminal."""

_DIRECTLY = build_opener(ProxyHandler({}))


class RemoteError(Exception):
    """The server cannot be asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A server, and the key whose requests are meant; all keys without one."""

    url: str
    key: str = ""
    token: str = ""

    def unmet(self, ignore: str = "") -> list[JsonObject]:
        """All that is unmet on the server."""
        status, told = self._get("verify", {"ignore": ignore} if ignore else {})
        return list(told["unmet"]) if status in {HTTPStatus.OK, HTTPStatus.CONFLICT} else _refuse(told)

    def exchanges(self, *, follow: bool = False) -> Iterator[JsonObject]:
        """The exchanges that are kept; and those that are to come, each when it is over."""
        since, query = 0, dict[str, str]()
        while True:
            told = self._requests({"since": str(since), "limit": str(_PAGE), **query})
            for exchange in told["requests"]:
                if not follow or exchange["outcome"] != "open":
                    yield exchange
            if len(told["requests"]) < _PAGE and not follow:  # what comes meanwhile is not followed
                return
            since = told["latest"]
            query = {"wait": str(_WAIT)} if follow else {}

    def _requests(self, query: Mapping[str, str]) -> JsonObject:
        status, told = self._get("requests", query)
        return dict(told) if status == HTTPStatus.OK else _refuse(told)

    def _get(self, page: str, query: Mapping[str, str]) -> tuple[int, Any]:
        keyed = query if self.key else {**query, "key": _EVERY_KEY}
        headers = {"x-api-key": self.key} if self.key else {}
        headers |= {"x-mock-token": self.token} if self.token else {}
        url = f"{self.url.rstrip('/')}/_mock/{page}?{urlencode(keyed)}"
        try:
            request = Request(url, headers=headers)  # noqa: S310 - the user says where the server is
            with _DIRECTLY.open(request, timeout=_WAIT + _PATIENCE) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, _told(error.read())
        except (OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise RemoteError(f"No mock server answers at {self.url}: {reason}") from None


def _told(body: bytes) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _refuse(told: Json) -> Any:
    try:
        message = told["error"]["message"]
    except (KeyError, TypeError):
        message = "It is no mock server."
    raise RemoteError(f"The server refuses: {message}")


def unmet_line(unmet: JsonObject) -> str:
    place = f" ({unmet['place']})" if unmet["place"] else ""
    return f"{unmet['kind']}: {_safe(unmet['text'])}{place}"


def exchange_lines(exchange: JsonObject) -> Iterator[str]:
    """An exchange in one line, and a line for each thing about it that is worth a second look."""
    asked = repr(exchange["user"]) if exchange["to_model"] else f"{exchange['method']} {exchange['path']}"
    status = exchange["status"] or "---"
    yield _safe(
        f"{exchange['number']:>5}  {exchange['protocol']:<16} {_answered(exchange)}  {status} "
        f"{exchange['outcome']}  key {exchange['key']}  {asked}"
    )
    if exchange["faults"]:
        yield f"       faults: {', '.join(exchange['faults'])}"
    for unmet in exchange["unmet"]:
        yield f"       {unmet_line(unmet)}"
    for finding in exchange["findings"]:
        place = f" at {finding['pointer']}" if finding["pointer"] else ""
        if finding["severity"] not in {"error", "altered"}:  # those are unmet already
            yield _safe(f"       {finding['severity']}: {finding['message']}{place}")


def _answered(exchange: JsonObject) -> str:
    if not exchange["scenario"]:
        return exchange["failure"]["kind"] if exchange["failure"] else "-"
    attempt = f"#{exchange['attempt']}" if exchange["attempt"] > 1 else ""
    return f"{exchange['scenario']}/{exchange['turn']}{attempt}"


def _safe(text: str) -> str:
    return text.translate(_CONTROL)
