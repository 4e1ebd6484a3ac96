"""What is asked on each wire: requests as bytes, some with a number that can differ from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import orjson

from mockserver.conversation import Json, JsonObject

from .bodies import BODIES, MESSAGES, TOOLS, WORDS

NUMBER = b"@@@@@@@@@@"
"""Stands in a body where a number goes, of as many digits."""

HEADERS = {
    "content-type": "application/json",
    "authorization": "Bearer key",
    "x-api-key": "key",
    "anthropic-version": "2023-06-01",
}
"""Sent on every wire; each takes the key from where its vendor has it."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to POST. In `body` there may be a NUMBER."""

    path: str
    body: bytes

    @property
    def same(self) -> Ask:
        """The request that is the same whenever it is asked."""
        return replace(self, body=self.body.replace(NUMBER, b"0" * len(NUMBER)))

    @property
    def bytes(self) -> bytes:
        """All that is sent; a NUMBER is left as it is."""
        headers = {"host": "127.0.0.1", **HEADERS, "content-length": str(len(self.body))}
        lines = [f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    def at(self, path: str) -> Ask:
        return replace(self, path=path or self.path)


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire. `dialect` is its name in the server. `body` asks a model something, `weather` with the tool
    `get_weather` at hand; `hand_back` goes on from the answer to that.
    """

    name: str
    dialect: str
    path: str
    stream_path: str
    body: Callable[[str], JsonObject]
    streamed: JsonObject
    tools: JsonObject
    hand_back: Callable[[JsonObject, JsonObject], JsonObject]

    def ask(self, text: str, *, stream: bool = False) -> Ask:
        """Ask that, then a number."""
        body = self.body(f"{text}, {NUMBER.decode()}.") | (self.streamed if stream else {})
        return Ask(self.stream_path if stream else self.path, orjson.dumps(body))

    def weather(self) -> JsonObject:
        return self.body("What is the weather in Paris?") | self.tools

    def agent(self) -> Ask:
        """A long conversation; in the last message there is a NUMBER."""
        _, body = BODIES[self.dialect](MESSAGES, TOOLS)
        content = orjson.dumps(body)
        at = content.rindex(WORDS.encode())
        return Ask(self.path, content[:at] + NUMBER + content[at + len(NUMBER) :])


# ----------------------------------------------------------------------------------------------- bodies

_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
_ABOUT = {"name": "get_weather", "description": "The weather in a city."}
_RESULT = '{"temp_c": 18}'


def _chat(text: str) -> JsonObject:
    return {"model": "gpt-5.5", "messages": [{"role": "user", "content": text}]}


def _chat_back(body: JsonObject, answer: JsonObject) -> JsonObject:
    said = answer["choices"][0]["message"]
    (call,) = said["tool_calls"]
    result = {"role": "tool", "tool_call_id": call["id"], "content": _RESULT}
    return {**body, "messages": [*body["messages"], said, result]}


def _responses(text: str) -> JsonObject:
    return {"model": "gpt-5.5", "input": [{"role": "user", "content": text}]}


def _responses_back(body: JsonObject, answer: JsonObject) -> JsonObject:
    said = answer["output"]
    result = {"type": "function_call_output", "call_id": said[-1]["call_id"], "output": _RESULT}
    return {**body, "input": [*body["input"], *said, result]}


def _anthropic(text: str) -> JsonObject:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-opus-4-6", "max_tokens": 4096, "messages": messages}


def _anthropic_back(body: JsonObject, answer: JsonObject) -> JsonObject:
    said = answer["content"]
    result = {"type": "tool_result", "tool_use_id": said[-1]["id"], "content": _RESULT}
    turns = [{"role": "assistant", "content": said}, {"role": "user", "content": [result]}]
    return {**body, "messages": [*body["messages"], *turns]}


def _gemini(text: str) -> JsonObject:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


def _gemini_back(body: JsonObject, answer: JsonObject) -> JsonObject:
    said = answer["candidates"][0]["content"]
    call = said["parts"][-1]["functionCall"]
    result: Json = {"id": call["id"], "name": call["name"], "response": {"temp_c": 18}}
    return {
        **body,
        "contents": [*body["contents"], said, {"role": "user", "parts": [{"functionResponse": result}]}],
    }


_GEMINI = "/v1beta/models/gemini-3-flash"

WIRES: Mapping[str, Wire] = {
    wire.name: wire
    for wire in (
        Wire(
            "chat",
            "openai.chat",
            "/v1/chat/completions",
            "/v1/chat/completions",
            _chat,
            {"stream": True},
            {"tools": [{"type": "function", "function": {**_ABOUT, "parameters": _SCHEMA}}]},
            _chat_back,
        ),
        Wire(
            "responses",
            "openai.responses",
            "/v1/responses",
            "/v1/responses",
            _responses,
            {"stream": True},
            {"tools": [{"type": "function", **_ABOUT, "parameters": _SCHEMA, "strict": True}]},
            _responses_back,
        ),
        Wire(
            "anthropic",
            "anthropic",
            "/anthropic/v1/messages",
            "/anthropic/v1/messages",
            _anthropic,
            {"stream": True},
            {"tools": [{**_ABOUT, "input_schema": _SCHEMA}]},
            _anthropic_back,
        ),
        Wire(
            "gemini",
            "gemini",
            f"{_GEMINI}:generateContent",
            f"{_GEMINI}:streamGenerateContent?alt=sse",
            _gemini,
            {},
            {"tools": [{"functionDeclarations": [{**_ABOUT, "parametersJsonSchema": _SCHEMA}]}]},
            _gemini_back,
        ),
    )
}
