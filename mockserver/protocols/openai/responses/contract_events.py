"""The documented stream events of the Responses API as types.

Mirrors "Streaming events" of the OpenAI API reference, the types of the official SDK, and live streams
(2026-11): there, an error is nested and every delta is padded.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, RootModel

from mockserver.conversation import JsonObject
from mockserver.protocols.openai.responses.contract_answer import Response
from mockserver.protocols.openai.responses.contract_base import Open, Shape
from mockserver.protocols.openai.responses.contract_items import SummaryText
from mockserver.protocols.openai.responses.contract_output import (
    Annotation,
    Logprob,
    OutputItem,
    StreamedPart,
)


class _Event(Shape):
    sequence_number: int


class LifeCycle(_Event):
    type: Literal[
        "response.created",
        "response.queued",
        "response.in_progress",
        "response.completed",
        "response.incomplete",
        "response.failed",
    ]
    response: Response


class NestedError(Open):
    type: str
    code: str | None
    message: str
    param: str | None


class ErrorEvent(_Event):
    """Nested on the live API, flat in the reference."""

    type: Literal["error"]
    error: NestedError | None = None
    code: str | None = None
    message: str | None = None
    param: str | None = None


class _OfItem(_Event):
    output_index: int
    item_id: str


class _Delta(_Event):
    delta: str
    obfuscation: str | None = None


class ItemAdded(_Event):
    type: Literal["response.output_item.added", "response.output_item.done"]
    output_index: int
    item: OutputItem


# ---------------------------------------------------------------------------------------------- messages


class PartEvent(_OfItem):
    type: Literal["response.content_part.added", "response.content_part.done"]
    content_index: int
    part: StreamedPart


class TextDelta(_OfItem, _Delta):
    type: Literal["response.output_text.delta"]
    content_index: int
    logprobs: list[Logprob]


class TextDone(_OfItem):
    type: Literal["response.output_text.done"]
    content_index: int
    text: str
    logprobs: list[Logprob]


class AnnotationAdded(_OfItem):
    type: Literal["response.output_text.annotation.added"]
    content_index: int
    annotation_index: int
    annotation: Annotation


class RefusalDelta(_OfItem, _Delta):
    type: Literal["response.refusal.delta"]
    content_index: int


class RefusalDone(_OfItem):
    type: Literal["response.refusal.done"]
    content_index: int
    refusal: str


# --------------------------------------------------------------------------------------------- reasoning


class SummaryPartAdded(_OfItem):
    type: Literal["response.reasoning_summary_part.added"]
    summary_index: int
    part: SummaryText


class SummaryPartDone(_OfItem):
    type: Literal["response.reasoning_summary_part.done"]
    summary_index: int
    part: SummaryText
    status: Literal["incomplete"] | None = None


class SummaryDelta(_OfItem, _Delta):
    type: Literal["response.reasoning_summary_text.delta"]
    summary_index: int


class SummaryDone(_OfItem):
    type: Literal["response.reasoning_summary_text.done"]
    summary_index: int
    text: str


class ReasoningDelta(_OfItem, _Delta):
    type: Literal["response.reasoning_text.delta"]
    content_index: int


class ReasoningDone(_OfItem):
    type: Literal["response.reasoning_text.done"]
    content_index: int
    text: str


# -------------------------------------------------------------------------------------------------- calls


class CallDelta(_OfItem, _Delta):
    type: Literal[
        "response.function_call_arguments.delta",
        "response.custom_tool_call_input.delta",
        "response.mcp_call_arguments.delta",
        "response.code_interpreter_call_code.delta",
    ]


class ArgumentsDone(_OfItem):
    """The reference has the name of the function here, too; live streams and the SDK have not."""

    type: Literal["response.function_call_arguments.done", "response.mcp_call_arguments.done"]
    arguments: str
    name: str | None = None


class InputDone(_OfItem):
    type: Literal["response.custom_tool_call_input.done"]
    input: str


class CodeDone(_OfItem):
    type: Literal["response.code_interpreter_call_code.done"]
    code: str


class Progress(_OfItem):
    type: Literal[
        "response.web_search_call.in_progress",
        "response.web_search_call.searching",
        "response.web_search_call.completed",
        "response.file_search_call.in_progress",
        "response.file_search_call.searching",
        "response.file_search_call.completed",
        "response.code_interpreter_call.in_progress",
        "response.code_interpreter_call.interpreting",
        "response.code_interpreter_call.completed",
        "response.image_generation_call.in_progress",
        "response.image_generation_call.generating",
        "response.image_generation_call.completed",
        "response.mcp_list_tools.in_progress",
        "response.mcp_list_tools.completed",
        "response.mcp_list_tools.failed",
        "response.mcp_call.in_progress",
        "response.mcp_call.completed",
        "response.mcp_call.failed",
        "response.compaction.compacting",
    ]


class PartialImage(_OfItem):
    type: Literal["response.image_generation_call.partial_image"]
    partial_image_b64: str
    partial_image_index: int
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None


class _OfCommand(_Event):
    output_index: int
    command_index: int


class CommandDelta(_OfCommand, _Delta):
    type: Literal["response.shell_call_command.delta"]


class CommandTold(_OfCommand):
    type: Literal["response.shell_call_command.added", "response.shell_call_command.done"]
    command: str


class ShellDelta(_OfCommand):
    type: Literal["response.shell_call_output_content.delta"]
    item_id: str
    delta: JsonObject


class ShellDone(_OfCommand):
    type: Literal["response.shell_call_output_content.done"]
    item_id: str
    output: list[JsonObject]


# -------------------------------------------------------------------------------------------------- audio


class AudioDelta(_Delta):
    type: Literal["response.audio.delta", "response.audio.transcript.delta"]


class AudioDone(_Event):
    type: Literal["response.audio.done", "response.audio.transcript.done"]


Event: TypeAlias = Annotated[
    LifeCycle
    | ErrorEvent
    | ItemAdded
    | PartEvent
    | TextDelta
    | TextDone
    | AnnotationAdded
    | RefusalDelta
    | RefusalDone
    | SummaryPartAdded
    | SummaryPartDone
    | SummaryDelta
    | SummaryDone
    | ReasoningDelta
    | ReasoningDone
    | CallDelta
    | ArgumentsDone
    | InputDone
    | CodeDone
    | Progress
    | PartialImage
    | CommandDelta
    | CommandTold
    | ShellDelta
    | ShellDone
    | AudioDelta
    | AudioDone,
    Field(discriminator="type"),
]


class StreamEvent(RootModel[Event]):
    """What each frame of a stream holds."""
