"""The whole service without sockets, asked as a Gemini client asks it."""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http, JsonObject
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer
from mockserver.service import Service
from mockserver.settings import FIXED_NOW, Settings

MODEL = "models/gemini-3.6-flash"
CACHES = "/v1beta/cachedContents"
BOOK: JsonObject = {
    "model": MODEL,
    "contents": [{"role": "user", "parts": [{"text": "A long book. " * 20}]}],
    "systemInstruction": {"parts": [{"text": "You know the book."}]},
    "tools": [{"functionDeclarations": [{"name": "look_up"}]}],
    "displayName": "book",
}


class Server:
    """Plays `script`, a YAML text. `now` is what its clock shows."""

    def __init__(self, script: str = "", **settings: Any) -> None:
        scenarios = parse_scenarios(script, "script.yaml") if script else ()
        self.service = Service(VENDORS, Engine(scenarios), Journal(), Settings(**settings))
        self.now = FIXED_NOW

    def answer(self, http: Http) -> Answer:
        return gathered(self.service.respond(http, self.now).steps)

    def send(self, method: str, path: str, body: Any = None, key: str = "k", **query: str) -> tuple[int, Any]:
        content = b"" if body is None else orjson.dumps(body)
        answer = self.answer(Http(method, path, {"x-goog-api-key": key}, query, content, key=key))
        return answer.status, answer.body if query.get("alt") == "sse" else orjson.loads(answer.body)

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        status, told = self.send(method, path, body, **query)
        assert status == 200, told
        return told

    def refused(self, method: str, path: str, body: Any = None, key: str = "k") -> tuple[int, str, str]:
        status, told = self.send(method, path, body, key)
        error = told["error"]
        assert status == error["code"]
        return status, error["status"], error["message"]

    def cache(self, **members: Any) -> str:
        name: str = self.ok("POST", CACHES, {**BOOK, **members})["name"]
        return name
