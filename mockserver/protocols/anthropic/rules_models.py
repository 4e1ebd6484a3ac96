"""What some models take and others do not: limits, efforts, ways of thinking, roles, prefills.

Mirrors "Models overview", "Effort", "Thinking", "Prefill not supported" and "Mid-conversation system
messages" of the Claude API documentation, and the sentences of their errors (2026-11). These rules hold for
the models of the catalogue alone: of any other name nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.protocols.anthropic.asked import Asked, Broken, Rule
from mockserver.protocols.anthropic.contract import MessageBody, SampledMessageBody
from mockserver.protocols.anthropic.contract_content import (
    AssistantMessage,
    SystemMessage,
    TextBlock,
)
from mockserver.protocols.anthropic.contract_options import ThinkingEnabled
from mockserver.protocols.anthropic.contract_tools import ChoiceAny, ChoiceTool

_USE_ADAPTIVE = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
_INTERLEAVED = "interleaved-thinking-2025-05-14"
_LONGER_OUTPUT = frozenset({"output-128k-2025-02-19", "output-300k-2026-03-24"})


def budget_below_limit(asked: Asked) -> Iterator[Broken]:
    """Holds for every model that has a budget, but not for thinking between calls: its budget is that of the
    whole turn, and may exceed the limit of one answer.
    """
    body = asked.body
    if not isinstance(body, MessageBody) or not isinstance(body.thinking, ThinkingEnabled):
        return
    if _INTERLEAVED in asked.betas:
        return
    if body.max_tokens <= body.thinking.budget_tokens:
        yield Broken(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
            "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
            "#max-tokens-and-context-window-size",
            "/max_tokens",
        )


def _max_tokens_is_below_the_cap(asked: Asked) -> Iterator[Broken]:
    body, model = asked.body, asked.model
    if model is None or not isinstance(body, MessageBody) or not _LONGER_OUTPUT.isdisjoint(asked.betas):
        return
    if body.max_tokens > model.output:
        yield Broken(
            f"max_tokens: {body.max_tokens} > {model.output}, which is the maximum allowed number of output "
            f"tokens for {body.model}",
            "/max_tokens",
        )


def _effort_is_supported(asked: Asked) -> Iterator[Broken]:
    effort, model = asked.body.output_config.effort, asked.model
    if model is None or effort is None or effort in model.efforts:
        return
    if model.efforts:
        levels = ", ".join(sorted(model.efforts))
        sentence = f"This model does not support effort level '{effort}'. Supported levels: {levels}."
    else:
        sentence = "This model does not support the effort parameter."
    yield Broken(sentence, "/output_config/effort")


def _thinking_is_supported(asked: Asked) -> Iterator[Broken]:
    kind, model = asked.body.thinking.type, asked.model
    if model is None or not asked.has("thinking") or kind in model.thinking:
        return
    if kind == "adaptive":
        yield Broken("adaptive thinking is not supported on this model", "/thinking/type")
    else:
        sentence = f'"thinking.type.{kind}" is not supported for this model. {_USE_ADAPTIVE}'
        yield Broken(sentence, "/thinking/type")


def _calls_are_not_forced(asked: Asked) -> Iterator[Broken]:
    is_forced = isinstance(asked.body.tool_choice, ChoiceAny | ChoiceTool)
    if asked.model and not asked.model.forced_calls and is_forced:
        sentence = 'tool_choice: type "tool" and "any" are not supported for this model.'
        yield Broken(sentence, "/tool_choice/type")


def _sampling_is_supported(asked: Asked) -> Iterator[Broken]:
    body, model = asked.body, asked.model
    if model is None or model.takes_sampling or not isinstance(body, SampledMessageBody):
        return
    refused = {
        "temperature": body.temperature != 1,
        "top_p": body.top_p < _LEAST_TOP_P,
        "top_k": asked.has("top_k"),
    }
    for name in (name for name, is_refused in refused.items() if is_refused):
        yield Broken(f"`{name}` is deprecated for this model.", f"/{name}")


_LEAST_TOP_P = 0.99


def _system_messages_are_supported(asked: Asked) -> Iterator[Broken]:
    if asked.model is None or asked.model.system_messages:
        return
    for at, message in enumerate(asked.body.messages):
        if isinstance(message, SystemMessage):
            yield Broken("role 'system' is not supported on this model", f"/messages/{at}/role")


def _prefill_is_supported(asked: Asked) -> Iterator[Broken]:
    """A turn that was paused is resumed with what it ended with, which is no prefill; nor is a conversation
    that is only to be summarized.
    """
    last = asked.body.messages[-1] if asked.body.messages else None
    if asked.model is None or asked.model.takes_prefill:
        return
    if asked.has("fallback_credit_token") or asked.body.compaction:
        return
    if not isinstance(last, AssistantMessage):
        return
    if isinstance(last.content, str) or not last.content or isinstance(last.content[-1], TextBlock):
        yield Broken(
            "This model does not support assistant message prefill. The conversation must end with a user "
            "message.",
            f"/messages/{len(asked.body.messages) - 1}",
        )


RULES: tuple[Rule, ...] = (
    _max_tokens_is_below_the_cap,
    _system_messages_are_supported,
    _prefill_is_supported,
    _thinking_is_supported,
    _effort_is_supported,
    _sampling_is_supported,
    _calls_are_not_forced,
)
