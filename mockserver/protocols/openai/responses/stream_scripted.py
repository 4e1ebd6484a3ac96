"""What a stream tells of an item that was scripted whole: how it gets on, and its contents in one piece each.

Mirrors the table of events by item of "Streaming events" of the Responses API reference (2026-11). Item ids,
positions and numbers are added by `stream`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.openai.responses.output import summary_part, text_part
from mockserver.protocols.tolerant import objects

Moment: TypeAlias = tuple[str, JsonObject]
"""An event's type, and the members that are its own."""

_STAGES: Mapping[str, tuple[str, ...]] = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
}
"""Item type -> what the API reports of its progress, and nothing else."""


def scripted_moments(item: JsonObject, partial_images: int) -> Iterator[Moment]:
    """The events between the announcement of an item and its end."""
    match item:
        case {"type": "message"}:
            for index, content in enumerate(objects(item.get("content"))):
                yield from _content(content, {"content_index": index})
        case {"type": "reasoning"}:
            yield from _reasoning(item)
        case {"type": "function_call", "arguments": str(text)}:
            yield from _told("response.function_call_arguments", "arguments", text)
        case {"type": "custom_tool_call", "input": str(text)}:
            yield from _told("response.custom_tool_call_input", "input", text)
        case {"type": "code_interpreter_call" | "mcp_call" | "mcp_list_tools" as kind}:
            yield from _ran(f"response.{kind}", item)
        case {"type": "image_generation_call"}:
            yield from _drawn(item, partial_images)
        case {"type": str(kind)}:
            for stage in _STAGES.get(kind, ()):
                yield f"response.{kind}.{stage}", {}
        case _:
            pass


# ----------------------------------------------------------------------------------------------- contents


def _content(content: JsonObject, at: JsonObject) -> Iterator[Moment]:
    match content:
        case {"type": "refusal", "refusal": str(text)}:
            yield "response.content_part.added", {**at, "part": {**content, "refusal": ""}}
            yield from _told("response.refusal", "refusal", text, at)
        case {"type": "output_text", "text": str(text)}:
            yield "response.content_part.added", {**at, "part": text_part("")}
            if text:
                yield "response.output_text.delta", {**at, "delta": text, "logprobs": []}
            yield from _annotated(content, at)
            yield "response.output_text.done", {**at, "logprobs": [], "text": text}
        case _:
            return
    yield "response.content_part.done", {**at, "part": content}


def _annotated(content: JsonObject, at: JsonObject) -> Iterator[Moment]:
    for number, annotation in enumerate(objects(content.get("annotations"))):
        told = {"annotation": annotation, "annotation_index": number}
        yield "response.output_text.annotation.added", {**at, **told}


def _reasoning(item: JsonObject) -> Iterator[Moment]:
    for index, part in enumerate(objects(item.get("summary"))):
        at, text = {"summary_index": index}, _text(part)
        yield "response.reasoning_summary_part.added", {**at, "part": summary_part("")}
        yield from _told("response.reasoning_summary_text", "text", text, at)
        yield "response.reasoning_summary_part.done", {**at, "part": part}
    for index, part in enumerate(objects(item.get("content"))):
        at, text = {"content_index": index}, _text(part)
        yield "response.content_part.added", {**at, "part": {**part, "text": ""}}
        yield from _told("response.reasoning_text", "text", text, at)
        yield "response.content_part.done", {**at, "part": part}


def _text(part: JsonObject) -> str:
    text: Json = part.get("text")
    return text if isinstance(text, str) else ""


def _told(event: str, member: str, text: str, at: JsonObject | None = None) -> Iterator[Moment]:
    """A text in one piece, and then that it is all of it."""
    if text:
        yield f"{event}.delta", {**(at or {}), "delta": text}
    yield f"{event}.done", {**(at or {}), member: text}


# ------------------------------------------------------------------------------------------- built-in tools


def _ran(event: str, item: JsonObject) -> Iterator[Moment]:
    """A tool that the API itself runs, and whether it went well."""
    yield f"{event}.in_progress", {}
    match item:
        case {"type": "code_interpreter_call"}:
            if isinstance(code := item.get("code"), str):
                yield from _told("response.code_interpreter_call_code", "code", code)
            yield f"{event}.interpreting", {}
        case {"type": "mcp_call", "arguments": str(text)}:
            yield from _told("response.mcp_call_arguments", "arguments", text)
        case _:
            pass
    failed = item.get("error") is not None and item["type"] != "code_interpreter_call"
    yield f"{event}.{'failed' if failed else 'completed'}", {}


def _drawn(item: JsonObject, partial_images: int) -> Iterator[Moment]:
    """As many previews as were asked for, each as good as the image itself."""
    event = "response.image_generation_call"
    yield f"{event}.in_progress", {}
    yield f"{event}.generating", {}
    for number in range(partial_images):
        told = {"output_format": item.get("output_format"), "partial_image_b64": item.get("result")}
        yield f"{event}.partial_image", {**told, "partial_image_index": number}
    yield f"{event}.completed", {}
