"""Plain conversations of Chat Completions.

The one rule that looks at words is that of JSON mode, which wants to be spoken of (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import JsonObject
from mockserver.protocols.openai.chat.contract_messages import LONGEST_CALL_ID
from mockserver.protocols.openai.chat.read_messages import conversation_of
from mockserver.protocols.talk import Marks, PlainTalk, ids, one_of, same, values, within, words, written
from mockserver.protocols.tolerant import members


def _is_in_json_mode(body: JsonObject) -> bool:
    return members(body.get("response_format")).get("type") == "json_object"


_WHO = written(r"[\s\S]{1,128}")
_ID = ids(LONGEST_CALL_ID)
_MARKS: Marks = {
    "role": one_of("user", "assistant", "tool"),
    "type": one_of("text", "function"),
    "content": words,
    "text": words,
    "refusal": words,
    "reasoning_content": words,
    "annotations": same,
    "audio": one_of(None),
    "function_call": one_of(None),
    "parsed": one_of(None),
    "tool_calls": within,
    "id": _ID,
    "tool_call_id": _ID,
    "function": within,
    "name": same,
    "arguments": words,
    "parsed_arguments": values,
    "index": same,
}

TALK = PlainTalk(
    "messages",
    lambda body: conversation_of(body["messages"]),
    _MARKS,
    instruct=("system", "developer"),
    judges=_is_in_json_mode,
    besides={"safety_identifier": _WHO, "prompt_cache_key": _WHO},
)
