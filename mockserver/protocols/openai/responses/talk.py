"""Plain conversations of the Responses API: messages, reasoning, calls of functions and their outputs."""

from __future__ import annotations

from mockserver.protocols.openai.responses.history import input_items
from mockserver.protocols.openai.responses.read_items import messages_of
from mockserver.protocols.talk import Marks, PlainTalk, ids, one_of, same, within, words

_TEXTS = ("input_text", "output_text", "summary_text", "reasoning_text")
_ID = ids(128)
_MARKS: Marks = {
    "type": one_of("message", "reasoning", "function_call", "function_call_output", *_TEXTS),
    "role": one_of("user", "assistant"),
    "content": words,
    "text": words,
    "summary": within,
    "encrypted_content": words,
    "annotations": same,
    "logprobs": same,
    "status": same,
    "phase": same,
    "id": _ID,
    "call_id": _ID,
    "name": same,
    "namespace": same,
    "caller": same,
    "async": same,
    "arguments": words,
    "output": words,
}

TALK = PlainTalk(
    "input",
    lambda body: messages_of(input_items(body), "/input"),
    _MARKS,
    instruct=("system", "developer"),
)
