"""Plain conversations of the Responses API: of all items messages, calls of functions and their outputs."""

from __future__ import annotations

from mockserver.protocols.openai.responses.history import input_items
from mockserver.protocols.openai.responses.read_items import messages_of
from mockserver.protocols.talk import Marks, PlainTalk, ids, one_of, same, words

_ID = ids(128)
_MARKS: Marks = {
    "type": one_of("message", "function_call", "function_call_output", "input_text", "output_text"),
    "role": one_of("user", "assistant"),
    "content": words,
    "text": words,
    "annotations": same,
    "logprobs": same,
    "status": same,
    "phase": same,
    "id": _ID,
    "call_id": _ID,
    "name": same,
    "arguments": words,
    "output": words,
}

TALK = PlainTalk(
    "input",
    lambda body: messages_of(input_items(body), "/input"),
    _MARKS,
    instruct=("system", "developer"),
)
