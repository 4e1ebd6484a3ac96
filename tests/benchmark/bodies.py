"""What an agent sends after hours of work: on each wire a body of many messages and many tools."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Json

TOOLS = 40
MESSAGES = 200
WORDS = "The file has been read and its lines are listed below, each with its number. " * 16


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
