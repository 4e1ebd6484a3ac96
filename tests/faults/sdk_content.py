"""What is in what an SDK gives, as the plainest code of a user finds it: text, thinking, calls, why it ended.

Whatever may be missing is taken for missing: nothing here fails where the SDK does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Outcome:
    """What a client has in the end. `events` counts what a stream gave; None where there was none."""

    events: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    error: str = ""

    def add(self, name: str, text: Any) -> None:
        """More text of this name."""
        if isinstance(text, str):
            self.facts[name] = self.facts.get(name, "") + text
        elif text is not None:
            self.facts[name] = f"{self.facts.get(name, '')}{text!r}"

    def note(self, name: str, value: Any) -> None:
        """The last value of this name that is one."""
        if value is not None:
            self.facts[name] = value

    def call(self, key: Any) -> list[str]:
        """Name and arguments of the call with this key."""
        calls: dict[Any, list[str]] = self.facts.setdefault("calls", {})
        return calls.setdefault(key, ["", ""])


def of(value: Any, *path: str | int) -> Any:
    """The member at this path; None where there is none."""
    for step in path:
        try:
            value = value[step] if isinstance(step, int) else _member(value, step)
        except (IndexError, KeyError, TypeError):
            return None
        if value is None:
            return None
    return value


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def items(value: Any) -> list[Any]:
    """The items of what may be a list."""
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _presence(value: Any) -> str | None:
    return "there" if value else None


def _note_counts(outcome: Outcome, usage: Any, *names: str) -> None:
    if usage is not None:
        before = outcome.facts.get("usage", (None, None))
        counts = (of(usage, name) for name in names)
        outcome.facts["usage"] = tuple(
            now if now is not None else old for now, old in zip(counts, before, strict=True)
        )


def _is_strange(outcome: Outcome, answer: Any) -> bool:
    """Whether the answer is no object of the SDK's; it is noted what it is instead."""
    if answer is None or isinstance(answer, str | bytes | list | dict):
        outcome.facts["a value"] = f"a {type(answer).__name__}"
        return True
    return False


def take_chunk(outcome: Outcome, chunk: Any) -> None:
    outcome.note("model", of(chunk, "model"))
    _note_counts(outcome, of(chunk, "usage"), "prompt_tokens", "completion_tokens")
    outcome.facts.setdefault("ids", {})[of(chunk, "id")] = None
    for choice in items(of(chunk, "choices")):
        delta = of(choice, "delta")
        outcome.note("finish", of(choice, "finish_reason"))
        outcome.add("role", of(delta, "role"))
        outcome.add("text", of(delta, "content"))
        outcome.add("thinking", of(delta, "reasoning_content"))
        for piece in items(of(delta, "tool_calls")):
            call = outcome.call(of(piece, "index"))
            call[0] += of(piece, "function", "name") or ""
            call[1] += _text(of(piece, "function", "arguments"))


def take_completion(outcome: Outcome, answer: Any) -> None:
    if _is_strange(outcome, answer):
        return
    outcome.note("model", of(answer, "model"))
    _note_counts(outcome, of(answer, "usage"), "prompt_tokens", "completion_tokens")
    message = of(answer, "choices", 0, "message")
    outcome.note("finish", of(answer, "choices", 0, "finish_reason"))
    outcome.note("role", of(message, "role"))
    outcome.add("text", of(message, "content"))
    outcome.add("thinking", of(message, "reasoning_content"))
    for call in items(of(message, "tool_calls")):
        key = len(outcome.facts.get("calls", ()))
        outcome.call(key)[:] = of(call, "function", "name") or "", _text(of(call, "function", "arguments"))


def take_text(outcome: Outcome, chunk: Any) -> None:
    if _is_strange(outcome, chunk):
        return
    outcome.note("model", of(chunk, "model"))
    _note_counts(outcome, of(chunk, "usage"), "prompt_tokens", "completion_tokens")
    outcome.facts.setdefault("ids", {})[of(chunk, "id")] = None
    for choice in items(of(chunk, "choices")):
        outcome.note("finish", of(choice, "finish_reason"))
        outcome.add("text", of(choice, "text"))


def take_event(outcome: Outcome, event: Any) -> None:
    place = of(event, "output_index")
    match of(event, "type"):
        case "response.output_text.delta":
            outcome.add("text", of(event, "delta"))
        case "response.reasoning_summary_text.delta":
            outcome.add("thinking", of(event, "delta"))
        case "response.output_item.added" if of(event, "item", "type") == "function_call":
            outcome.call(place)[0] += of(event, "item", "name") or ""
        case "response.function_call_arguments.delta":
            outcome.call(place)[1] += _text(of(event, "delta"))
        case "response.completed" | "response.incomplete" | "response.failed":
            final = Outcome()
            take_response(final, of(event, "response"))
            outcome.facts["final"] = final.facts
        case "error":
            outcome.facts["an event"] = "error"
        case _:
            pass


def take_response(outcome: Outcome, answer: Any) -> None:
    if _is_strange(outcome, answer):
        return
    outcome.note("model", of(answer, "model"))
    outcome.note("finish", of(answer, "status"))
    _note_counts(outcome, of(answer, "usage"), "input_tokens", "output_tokens")
    for item in items(of(answer, "output")):
        match of(item, "type"):
            case "message":
                for part in items(of(item, "content")):
                    outcome.add("text", of(part, "text"))
            case "reasoning":
                for part in items(of(item, "summary")):
                    outcome.add("thinking", of(part, "text"))
                outcome.note("signature", _presence(of(item, "encrypted_content")))
            case "function_call":
                key = len(outcome.facts.get("calls", ()))
                outcome.call(key)[:] = of(item, "name") or "", _text(of(item, "arguments"))
            case _:
                pass


def take_message_event(outcome: Outcome, event: Any) -> None:
    match of(event, "type"):
        case "message_start":
            outcome.note("model", of(event, "message", "model"))
            outcome.note("role", of(event, "message", "role"))
            _note_counts(outcome, of(event, "message", "usage"), "input_tokens", "output_tokens")
        case "content_block_start":
            block = of(event, "content_block")
            if of(block, "type") == "tool_use":
                call = outcome.call(of(event, "index"))
                call[0] += of(block, "name") or ""
                call[1] += _text(of(block, "input")) if of(block, "input") else ""
            outcome.add("text", of(block, "text") or None)
            outcome.note("signature", _presence(of(block, "signature")))
        case "content_block_delta":
            delta = of(event, "delta")
            outcome.add("text", of(delta, "text"))
            outcome.add("thinking", of(delta, "thinking"))
            outcome.note("signature", _presence(of(delta, "signature")))
            if of(delta, "partial_json"):
                outcome.call(of(event, "index"))[1] += _text(of(delta, "partial_json"))
        case "message_delta":
            outcome.note("finish", of(event, "delta", "stop_reason"))
            _note_counts(outcome, of(event, "usage"), "input_tokens", "output_tokens")
        case "error":
            outcome.facts["an event"] = "error"
        case _:
            pass


def take_message(outcome: Outcome, answer: Any) -> None:
    if _is_strange(outcome, answer):
        return
    outcome.note("model", of(answer, "model"))
    outcome.note("role", of(answer, "role"))
    outcome.note("finish", of(answer, "stop_reason"))
    _note_counts(outcome, of(answer, "usage"), "input_tokens", "output_tokens")
    for block in items(of(answer, "content")):
        outcome.add("text", of(block, "text"))
        outcome.add("thinking", of(block, "thinking"))
        outcome.note("signature", _presence(of(block, "signature")))
        if of(block, "type") == "tool_use":
            key = len(outcome.facts.get("calls", ()))
            outcome.call(key)[:] = of(block, "name") or "", _text(of(block, "input"))


def take_candidates(outcome: Outcome, chunk: Any) -> None:
    outcome.note("model", of(chunk, "model_version"))
    outcome.facts.setdefault("ids", {})[of(chunk, "response_id")] = None
    _note_counts(outcome, of(chunk, "usage_metadata"), "prompt_token_count", "candidates_token_count")
    finish = of(chunk, "candidates", 0, "finish_reason")
    outcome.note("finish", of(finish, "value") or finish)
    outcome.note("role", of(chunk, "candidates", 0, "content", "role"))
    for part in items(of(chunk, "candidates", 0, "content", "parts")):
        outcome.add("thinking" if of(part, "thought") else "text", of(part, "text"))
        outcome.note("signature", _presence(of(part, "thought_signature")))
        if call := of(part, "function_call"):
            key = len(outcome.facts.get("calls", ()))
            outcome.call(key)[:] = of(call, "name") or "", _text(of(call, "args"))
