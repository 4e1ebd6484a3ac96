"""What is asked to see a fault: one request on each wire, as JSON and as what the SDKs take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.known import KnownFault
from mockserver.faults.showing import names_showing, scenario_showing
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Dialect

DIALECTS: dict[str, Dialect] = {
    name: dialect
    for name in ("openai.chat", "openai.responses", "openai.completions", "anthropic", "gemini")
    for vendor in VENDORS
    for dialect in vendor.dialects
    if dialect.name == name
}

_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}
_ABOUT = {"name": "get_weather", "description": "The weather of a city."}
_STRICT = {**_ABOUT, "parameters": _SCHEMA, "strict": True}
_USER = {"role": "user", "content": "Hello!"}

ASKED: dict[str, dict[str, Any]] = {
    "openai.chat": {"messages": [_USER], "tools": [{"type": "function", "function": _STRICT}]},
    "openai.responses": {
        "input": "Hello!",
        "tools": [{"type": "function", **_STRICT}],
        "reasoning": {"summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    },
    "openai.completions": {"prompt": "Hello!", "max_tokens": 500},
    "anthropic": {
        "messages": [_USER],
        "max_tokens": 4000,
        "tools": [{**_ABOUT, "input_schema": _SCHEMA}],
        "thinking": {"type": "adaptive"},
    },
    "gemini": {
        "contents": [{"role": "user", "parts": [{"text": "Hello!"}]}],
        "tools": [{"functionDeclarations": [{**_ABOUT, "parametersJsonSchema": _SCHEMA}]}],
        "generationConfig": {"thinkingConfig": {"includeThoughts": True}},
    },
}
"""What is said to every model, without its name and without whether to stream."""

_COUNTED = {"stream_options": {"include_usage": True}}
_PATHS = {
    "openai.chat": "/v1/chat/completions",
    "openai.responses": "/v1/responses",
    "openai.completions": "/v1/completions",
    "anthropic": "/anthropic/v1/messages",
}


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """One way to see a fault: on this wire, streamed or not, with others `beside` it. `counted` tells whether
    Chat Completions and its elder are asked to count tokens in a stream.
    """

    fault: str
    wire: str
    stream: bool
    scenario: str = "everything"
    counted: bool = True
    beside: tuple[str, ...] = ()

    @property
    def healthy(self) -> Case:
        """The same request, without the fault."""
        return replace(self, fault="")

    @property
    def model(self) -> str:
        return f"mock-{self.scenario}"

    @property
    def headers(self) -> dict[str, str]:
        """The header that asks for the fault: a name of a model would change the bodies."""
        faults = ", ".join(name for name in (*self.beside, self.fault) if name)
        return {"x-mock-fault": faults} if faults else {}

    @property
    def options(self) -> dict[str, Any]:
        """Everything that the body says beside the model."""
        counts = self.stream and self.counted and self.wire in {"openai.chat", "openai.completions"}
        return ASKED[self.wire] | (_COUNTED if counts else {})

    @property
    def http(self) -> tuple[str, bytes]:
        """The target and the body of the request."""
        if self.wire == "gemini":
            method = "streamGenerateContent?alt=sse" if self.stream else "generateContent"
            return f"/v1beta/models/{self.model}:{method}", json.dumps(self.options).encode()
        body = {"model": self.model, **self.options, "stream": self.stream}
        return _PATHS[self.wire], json.dumps(body).encode()


def cases_of(known: KnownFault) -> Iterator[Case]:
    """The fault on every wire that has it, streamed and not."""
    for wire, dialect in DIALECTS.items():
        for stream in (True, False):
            if known.shows(dialect, stream=stream):
                yield Case(
                    known.name,
                    wire,
                    stream,
                    scenario_showing(known),
                    known.name != "usage-unasked",
                    names_showing(known)[:-1],
                )


CASES = [case for known in KNOWN_FAULTS for case in cases_of(known)]
