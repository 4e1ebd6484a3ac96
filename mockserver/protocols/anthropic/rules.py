"""All rules between the members of a body, in the order in which they have the word.

Mirrors "Versions", "Beta headers" and "Errors" of the Messages API documentation (2026-11). Here stand the
rules of versions and betas, of sequences and schemas; those of messages, tools and models have modules of
their own, and `pairing` tells whether calls are answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Failure, Json
from mockserver.protocols.anthropic import rules_messages, rules_models, rules_tools
from mockserver.protocols.anthropic.asked import Asked, Broken, Rule
from mockserver.protocols.anthropic.contract import MessageBody
from mockserver.protocols.anthropic.contract_content import (
    AssistantMessage,
    DocumentBlock,
    SearchResultBlock,
    SystemMessage,
    TextBlock,
    UserMessage,
)
from mockserver.protocols.anthropic.contract_tools import CustomTool, TypedCustomTool
from mockserver.protocols.anthropic.versions import BETAS_OF_MEMBERS, NEWEST
from mockserver.protocols.gate import Gate


def broken_rule(asked: Asked, gate: Gate) -> Failure | None:
    """The failure of the first rule that the body breaks; None where none is broken, or nothing refused."""
    return _first(_RULES, asked, gate)


def unasked_beta(asked: Asked, gate: Gate) -> Failure | None:
    """The failure of a member whose beta the client has not asked for."""
    return _first((_betas_are_asked_for, _nested_betas_are_asked_for), asked, gate)


def _first(rules: tuple[Rule, ...], asked: Asked, gate: Gate) -> Failure | None:
    for rule in rules:
        for broken in rule(asked):
            failure = Failure(broken.kind, message=broken.sentence)
            if end := gate.refuse(failure, broken.pointer):
                return end
    return None


# ------------------------------------------------------------------------------------ betas and versions


def _betas_are_asked_for(asked: Asked) -> Iterator[Broken]:
    for name, betas in BETAS_OF_MEMBERS.items():
        if asked.has(name) and betas.isdisjoint(asked.betas):
            yield Broken(f"{name}: Extra inputs are not permitted", f"/{name}")


def _nested_betas_are_asked_for(asked: Asked) -> Iterator[Broken]:
    body = asked.body
    nested: list[tuple[str, str, object]] = [
        ("output_config.task_budget", "task-budgets-2026-03-13", body.output_config.task_budget),
        (
            f"thinking.{body.thinking.type}.block_binding",
            "thinking-binding-controls-2026-08-01",
            getattr(body.thinking, "block_binding", None),
        ),
    ]
    for at, message in enumerate(body.messages):
        if isinstance(message, SystemMessage):
            nested += [
                (f"messages.{at}.clear_at", "mid-conversation-system-clear-at-2026-08-21", message.clear_at),
                (
                    f"messages.{at}.output_config",
                    "mid-conversation-output-config-2026-07-01",
                    message.output_config,
                ),
            ]
    for path, beta, value in nested:
        if value is not None and beta not in asked.betas:
            pointer = path.replace(f".{body.thinking.type}.", ".").replace(".", "/")
            yield Broken(f"{path}: Extra inputs are not permitted", f"/{pointer}")


def _summaries_edit_no_context(asked: Asked) -> Iterator[Broken]:
    if asked.body.compaction and asked.body.context_management:
        yield Broken("compaction: cannot be combined with `context_management`", "/compaction")


def _no_documents_from_assistant(asked: Asked) -> Iterator[Broken]:
    if asked.version != NEWEST:
        return
    for at, message in enumerate(asked.body.messages):
        if isinstance(message, AssistantMessage):
            for index, block in enumerate(message.content):
                if isinstance(block, DocumentBlock):
                    sentence = "`document` blocks are not permitted in `assistant` messages"
                    yield Broken(
                        f"messages.{at}.content.{index}: {sentence}", f"/messages/{at}/content/{index}"
                    )


def _no_citations_from_user(asked: Asked) -> Iterator[Broken]:
    if asked.version != NEWEST:
        return
    for at, message in enumerate(asked.body.messages):
        if isinstance(message, UserMessage):
            for path, pointer, block in _user_texts(message):
                if block.citations:
                    yield Broken(
                        f"messages.{at}.content.{path}.citations: Extra inputs are not permitted",
                        f"/messages/{at}/content/{pointer}/citations",
                    )


def _user_texts(message: UserMessage) -> Iterator[tuple[str, str, TextBlock]]:
    """The text blocks of a message, also those inside search results, each with its path and pointer."""
    for index, block in enumerate(message.content):
        if isinstance(block, TextBlock):
            yield f"{index}.text", str(index), block
        elif isinstance(block, SearchResultBlock):
            for inner, text in enumerate(block.content):
                yield f"{index}.search_result.content.{inner}", f"{index}/content/{inner}", text


# ----------------------------------------------------------------------------------- sequences, schemas


def _stop_sequences_say_something(asked: Asked) -> Iterator[Broken]:
    sequences = asked.body.stop_sequences or [] if isinstance(asked.body, MessageBody) else []
    if not all(sequence.strip() for sequence in sequences):
        sentence = "stop_sequences: each stop sequence must contain non-whitespace"
        yield Broken(sentence, "/stop_sequences")


_CLOSED = "For 'object' type, 'additionalProperties' must be explicitly set to false"


def _format_is_closed(asked: Asked) -> Iterator[Broken]:
    wanted = asked.body.output_config.format
    if wanted and not _is_closed(wanted.json_schema):
        yield Broken(f"output_config.format.schema: {_CLOSED}", "/output_config/format/schema")


def _strict_tools_are_closed(asked: Asked) -> Iterator[Broken]:
    for at, tool in enumerate(asked.body.tools):
        if not isinstance(tool, CustomTool | TypedCustomTool) or not tool.strict:
            continue
        if not _is_closed(tool.input_schema):
            yield Broken(f"tools.{at}.custom: {_CLOSED}", f"/tools/{at}/input_schema")


_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords of JSON Schema whose values are no schemas."""


def _is_closed(schema: Json) -> bool:
    """Whether every object in the schema forbids further properties. No recursion: clients nest at will."""
    left: list[Json] = [schema]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left.extend(node)
        elif isinstance(node, dict):
            if node.get("type") == "object" and node.get("additionalProperties") is not False:
                return False
            left.extend(value for key, value in node.items() if key not in _VALUES)
    return True


_RULES: tuple[Rule, ...] = (
    *rules_messages.RULES,
    _summaries_edit_no_context,
    _no_documents_from_assistant,
    _no_citations_from_user,
    _stop_sequences_say_something,
    rules_models.budget_below_limit,
    *rules_tools.RULES,
    _format_is_closed,
    _strict_tools_are_closed,
    *rules_models.RULES,
)
