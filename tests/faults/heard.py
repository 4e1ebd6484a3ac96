"""What a client has heard of a stream that may end anywhere: read from the frames, by nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Heard:
    """The thinking, the text, and the arguments of each call, in the order in which the calls were opened."""

    thinking: str = ""
    text: str = ""
    calls: list[str] = field(default_factory=list)
    broken: int = 0  # frames that are no JSON


def heard(wire: str, body: bytes) -> Heard:
    """What the frames of a stream of events tell."""
    found = Heard()
    for frame in frames(body):
        if isinstance(frame, dict):
            _READERS[wire](frame, found)
        elif frame != "[DONE]":
            found.broken += 1
    return found


def texts_of_choices(body: bytes) -> list[str]:
    """The text of each of two choices of chunks."""
    found = ["", ""]
    for frame in frames(body):
        for choice in frame["choices"] if isinstance(frame, dict) else ():
            said = choice["delta"].get("content") if "delta" in choice else choice["text"]
            found[choice["index"]] += said or ""
    return found


def frames(body: bytes) -> Iterator[Any]:
    """The data of each frame: JSON, or text that is none."""
    for frame in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = b"".join(line[5:] for line in frame.split(b"\n") if line.startswith(b"data:"))
        if data:
            try:
                yield json.loads(data)
            except ValueError:
                yield data.decode().strip()


def _chat(frame: Any, found: Heard) -> None:
    for choice in frame.get("choices", ())[:1]:
        delta = choice["delta"] if choice["index"] == 0 else {}
        found.thinking += delta.get("reasoning_content") or ""
        found.text += delta.get("content") or ""
        for call in delta.get("tool_calls", ()):
            if "id" in call:
                found.calls.append("")
            found.calls[-1] += call["function"]["arguments"]


def _completions(frame: Any, found: Heard) -> None:
    for choice in frame.get("choices", ()):
        found.text += choice["text"]


def _responses(frame: Any, found: Heard) -> None:
    match frame["type"]:
        case "response.reasoning_summary_text.delta":
            found.thinking += frame["delta"]
        case "response.output_text.delta":
            found.text += frame["delta"]
        case "response.output_item.added" if frame["item"]["type"] == "function_call":
            found.calls.append("")
        case "response.function_call_arguments.delta":
            found.calls[-1] += frame["delta"]
        case _:
            pass


def _messages(frame: Any, found: Heard) -> None:
    match frame["type"]:
        case "content_block_start" if frame["content_block"]["type"] == "tool_use":
            found.calls.append("")
        case "content_block_delta":
            delta = frame["delta"]
            found.thinking += delta.get("thinking", "")
            found.text += delta.get("text", "")
            if "partial_json" in delta:
                found.calls[-1] += delta["partial_json"]
        case _:
            pass


def _gemini(frame: Any, found: Heard) -> None:
    for candidate in frame.get("candidates", ())[:1]:
        for part in candidate.get("content", {}).get("parts", ()):
            if part.get("thought"):
                found.thinking += part["text"]
            elif "functionCall" in part:
                arguments = part["functionCall"]["args"]
                found.calls.append(json.dumps(arguments, ensure_ascii=False, separators=(",", ":")))
            else:
                found.text += part.get("text", "")


_READERS = {
    "openai.chat": _chat,
    "openai.completions": _completions,
    "openai.responses": _responses,
    "anthropic": _messages,
    "gemini": _gemini,
}
