"""What it costs to hold a request to its contract: `python tests/benchmark/contract_cost.py`.

For each wire a small body and an agent's, of 200 messages and 40 tools: how long orjson takes to parse it,
how long its shape is checked, how long it is read in all (parsed, checked, held to the rules, turned into
neutral words), and how long the turns in it are compared with what was said. Prints a table for Markdown, in
microseconds; each is the best of several runs.
"""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.conversation import Http, Json, Request, role_runs
from mockserver.fidelity import Memory, followed
from mockserver.protocols import VENDORS, gate
from mockserver.protocols.base import Context, Dialect

ROUNDS = 50
TOOLS = 40
MESSAGES = 200
WORDS = "The file has been read and its lines are listed below, each with its number. " * 12

# ---------------------------------------------------------------------------------------------- bodies


def _schema(number: int) -> Json:
    named = {f"field_{index}": {"type": "string", "description": f"Field {index}."} for index in range(6)}
    return {
        "type": "object",
        "properties": {**named, "n": {"type": "integer"}},
        "required": [f"field_{number % 6}"],
    }


def _described(number: int) -> str:
    return f"Tool {number} reads, writes or lists what is asked for, and tells what it did. " * 3


def chat(messages: int, tools: int) -> tuple[str, Json]:
    said: list[Json] = [{"role": "user", "content": WORDS}]
    for number in range((messages - 1) // 2):
        call = {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "tool_1", "arguments": '{"n":1}'},
        }
        said.append({"role": "assistant", "content": WORDS, "tool_calls": [call]})
        said.append({"role": "tool", "tool_call_id": f"call_{number}", "content": WORDS})
    functions = [
        {
            "type": "function",
            "function": {"name": f"tool_{n}", "description": _described(n), "parameters": _schema(n)},
        }
        for n in range(tools)
    ]
    return "/v1/chat/completions", {"model": "gpt-5.5", "messages": said, **_where(functions)}


def responses(messages: int, tools: int) -> tuple[str, Json]:
    said: list[Json] = [{"role": "user", "content": WORDS}]
    for number in range((messages - 1) // 2):
        call = {
            "type": "function_call",
            "call_id": f"call_{number}",
            "name": "tool_1",
            "arguments": '{"n":1}',
        }
        said.append(call)
        said.append({"type": "function_call_output", "call_id": f"call_{number}", "output": WORDS + WORDS})
    functions = [
        {
            "type": "function",
            "name": f"tool_{n}",
            "description": _described(n),
            "parameters": _schema(n),
            "strict": False,
        }
        for n in range(tools)
    ]
    return "/v1/responses", {"model": "gpt-5.5", "input": said, **_where(functions)}


def anthropic(messages: int, tools: int) -> tuple[str, Json]:
    said: list[Json] = [{"role": "user", "content": WORDS}]
    for number in range((messages - 1) // 2):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "tool_1", "input": {"n": 1}}
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": WORDS}
        said.append({"role": "assistant", "content": [{"type": "text", "text": WORDS}, call]})
        said.append({"role": "user", "content": [result]})
    offered = [
        {"name": f"tool_{n}", "description": _described(n), "input_schema": _schema(n)} for n in range(tools)
    ]
    body = {"model": "claude-opus-4-6", "max_tokens": 1024, "messages": said, **_where(offered)}
    return "/anthropic/v1/messages", body


def gemini(messages: int, tools: int) -> tuple[str, Json]:
    said: list[Json] = [{"role": "user", "parts": [{"text": WORDS}]}]
    for number in range((messages - 1) // 2):
        call = {
            "functionCall": {"id": f"c{number}", "name": "tool_1", "args": {"n": 1}},
            "thoughtSignature": "c2ln",
        }
        answer = {"functionResponse": {"id": f"c{number}", "name": "tool_1", "response": {"result": WORDS}}}
        said.append({"role": "model", "parts": [{"text": WORDS}, call]})
        said.append({"role": "user", "parts": [answer]})
    offered = [
        {"name": f"tool_{n}", "description": _described(n), "parameters": _schema(n)} for n in range(tools)
    ]
    body = {"contents": said, **_where([{"functionDeclarations": offered}] if offered else [])}
    return "/v1beta/models/gemini-3-flash:generateContent", body


def _where(tools: list[Json]) -> Json:
    return {"tools": tools} if tools else {}


# Legacy completions have no conversations.
BODIES: dict[str, Callable[[int, int], tuple[str, Json]]] = {
    "openai.chat": chat,
    "openai.responses": responses,
    "anthropic": anthropic,
    "gemini": gemini,
}

# ------------------------------------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds."""

    wire: str
    size: int
    parsed: float
    shaped: float
    read: float
    compared: float

    def __str__(self) -> str:
        ratio, beyond = self.read / self.parsed, (self.read - self.shaped) / self.parsed
        return (
            f"| {self.wire} | {self.size:,} | {self.parsed:,.0f} | {self.shaped:,.0f} | {self.read:,.0f} "
            f"| {self.compared:,.0f} | {ratio:.1f} | {beyond:.1f} |"
        )


HEAD = (
    "| wire | bytes | parse | shape | read in all | compare turns | read / parse | (read - shape) / parse |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def best(act: Callable[[], object]) -> float:
    return min(timeit.repeat(act, number=1, repeat=ROUNDS)) * 1e6


def cost(dialect: Dialect, messages: int, tools: int) -> Cost:
    path, body = BODIES[dialect.name](messages, tools)
    content = orjson.dumps(body)
    headers = {"anthropic-version": "2023-06-01", "content-type": "application/json"}
    http = Http(
        "POST", path, headers, body=content, key="k", params={"model": body.get("model", "gemini-3-flash")}
    )
    context = Context(identity=b"benchmark")
    request = dialect.read(http, context)
    if not isinstance(request, Request):
        sys.exit(f"{dialect.name} refuses its own body: {request}")
    return Cost(
        dialect.name,
        len(content),
        best(lambda: orjson.loads(content)),
        shaping(dialect, http, context),
        best(lambda: dialect.read(http, context)),
        comparing(request),
    )


def shaping(dialect: Dialect, http: Http, context: Context) -> float:
    """How long the shape is checked, as the dialect has it checked."""
    asked: list[tuple[Any, ...]] = []

    def overheard(check: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any) -> Any:
            asked.append((check, *arguments))
            return check(*arguments)

        return checked

    users = [
        (vars(module), check)
        for module in list(sys.modules.values())
        for check in (gate.check_shape, gate.check_body)
        if module is not gate and vars(module).get(check.__name__) is check
    ]
    for names, check in users:
        names[check.__name__] = overheard(check)
    dialect.read(http, context)
    for names, check in users:
        names[check.__name__] = check
    if not asked:
        sys.exit(f"{dialect.name} does not have its shape checked by the gate")
    ((check, contract, body, _, wording),) = asked
    return best(lambda: check(contract, body, gate.Gate(), wording))


def comparing(request: Request) -> float:
    """How long the turns of a conversation are compared, all of them said here, and the next is kept."""
    memory = Memory()
    runs = list(role_runs(request.messages))
    for at, run in enumerate(runs):
        if run[0].role == "assistant":
            before = [message for earlier in runs[:at] for message in earlier]
            parts = tuple(part for message in run for part in message.parts)
            memory.remember(followed(before), parts, lambda: True)

    def compared() -> None:
        conversation = followed(request.messages)
        assert not list(memory.differences(conversation))
        memory.remember(conversation, (), lambda: True)

    return best(compared)


def rows() -> Iterator[str]:
    yield HEAD
    for vendor in VENDORS:
        for dialect in (dialect for dialect in vendor.dialects if dialect.name in BODIES):
            yield str(cost(dialect, 1, 0))
            yield str(cost(dialect, MESSAGES, TOOLS))


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(f"{row}\n")
