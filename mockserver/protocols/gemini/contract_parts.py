"""Content and Part of the Gemini API, as typed models: what is said, by clients and by models.

Mirrors "Content" and "Part" of the Gemini API reference, "Function calling", "Video understanding" and
"Document understanding" of its guides, and the types of google-genai 3.6 for the Developer API (2026-11).
Shapes only: rules that go beyond the type of a field are in `rules` and `turns`.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from mockserver.protocols.gemini.proto_types import (
    Bool,
    Bytes,
    Enum,
    Float,
    Int32,
    ProtoMessage,
    Repeated,
    Struct,
    one_of,
)


class Blob(ProtoMessage):
    mime_type: str | None = None
    data: Bytes | None = None
    display_name: str | None = None


class FileData(ProtoMessage):
    mime_type: str | None = None
    file_uri: str | None = None
    display_name: str | None = None


class MediaResolution(ProtoMessage):
    """How much of a medium the model looks at."""

    level: Enum | None = None
    num_tokens: Int32 | None = None


class VideoMetadata(ProtoMessage):
    start_offset: str | None = None
    end_offset: str | None = None
    fps: Float | None = None
    content_layers: Repeated[Enum] | None = None


class DocumentMetadata(ProtoMessage):
    start_page: Int32 | None = None
    end_page: Int32 | None = None
    content_layers: Repeated[Enum] | None = None


class SpreadsheetMetadata(ProtoMessage):
    visible_cells: str | None = None
    sheet_index: Int32 | None = None
    content_layers: Repeated[Enum] | None = None


class AudioMetadata(ProtoMessage):
    start_offset: str | None = None
    end_offset: str | None = None


class FunctionCall(ProtoMessage):
    """`partialArgs` and `willContinue` are of the Agent Platform; this API does not know them."""

    id: str | None = None
    name: str | None = None
    args: Struct | None = None


class FunctionResponsePart(ProtoMessage):
    inline_data: Blob | None = None
    file_data: FileData | None = None
    media_processing: Enum | None = None
    media_resolution: MediaResolution | None = None
    video_metadata: VideoMetadata | None = None
    document_metadata: DocumentMetadata | None = None
    spreadsheet_metadata: SpreadsheetMetadata | None = None
    audio_metadata: AudioMetadata | None = None


Scheduling: TypeAlias = Annotated[
    str,
    one_of("FunctionResponse.Scheduling", "SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT"),
]


class FunctionResponse(ProtoMessage):
    id: str | None = None
    name: str | None = None
    response: Struct | None = None
    parts: Repeated[FunctionResponsePart] | None = None
    will_continue: Bool | None = None
    scheduling: Scheduling | None = None


Language: TypeAlias = Annotated[str, one_of("ExecutableCode.Language", "LANGUAGE_UNSPECIFIED", "PYTHON")]

Outcome: TypeAlias = Annotated[
    str,
    one_of(
        "CodeExecutionResult.Outcome",
        "OUTCOME_UNSPECIFIED",
        "OUTCOME_OK",
        "OUTCOME_FAILED",
        "OUTCOME_DEADLINE_EXCEEDED",
    ),
]


class ExecutableCode(ProtoMessage):
    id: str | None = None
    language: Language | None = None
    code: str | None = None


class CodeExecutionResult(ProtoMessage):
    id: str | None = None
    outcome: Outcome | None = None
    output: str | None = None


class ToolCall(ProtoMessage):
    """A call of a tool that runs at Google, echoed in history."""

    id: str | None = None
    tool_type: Enum | None = None
    args: Struct | None = None


class ToolResponse(ProtoMessage):
    id: str | None = None
    tool_type: Enum | None = None
    response: Struct | None = None


class WordInfo(ProtoMessage):
    word: str | None = None
    start_offset: str | None = None
    end_offset: str | None = None


class Transcription(ProtoMessage):
    text: str | None = None
    finished: Bool | None = None
    language_code: str | None = None
    speaker_label: str | None = None
    words: Repeated[WordInfo] | None = None
    start_offset: str | None = None
    end_offset: str | None = None


class SpeechMetadata(ProtoMessage):
    speaker: str | None = None
    style: str | None = None


PART_DATA = frozenset(
    {
        "text",
        "inlineData",
        "functionCall",
        "functionResponse",
        "fileData",
        "executableCode",
        "codeExecutionResult",
        "toolCall",
        "toolResponse",
    }
)
"""The members of a part's `data`; a part has exactly one of them."""


class Part(ProtoMessage):
    text: str | None = None
    inline_data: Blob | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    file_data: FileData | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None
    tool_call: ToolCall | None = None
    tool_response: ToolResponse | None = None
    thought: Bool | None = None
    thought_signature: Bytes | None = None
    video_metadata: VideoMetadata | None = None
    media_resolution: MediaResolution | None = None
    part_metadata: Struct | None = None
    media_processing: Enum | None = None
    audio_transcription: Transcription | None = None
    speech_metadata: SpeechMetadata | None = None
    document_metadata: DocumentMetadata | None = None
    spreadsheet_metadata: SpreadsheetMetadata | None = None
    audio_metadata: AudioMetadata | None = None


class Content(ProtoMessage):
    role: str | None = None
    parts: Repeated[Part] | None = None
