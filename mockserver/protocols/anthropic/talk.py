"""Plain conversations of the Messages API. Texts must say something, as those of all plain ones do."""

from __future__ import annotations

from mockserver.protocols.anthropic.read_messages import conversation_of
from mockserver.protocols.talk import Marks, PlainTalk, ids, one_of, same, values, within, words, written

_ID = ids(64)
_MARKS: Marks = {
    "role": one_of("user", "assistant"),
    "type": one_of("text", "thinking", "redacted_thinking", "tool_use", "tool_result"),
    "content": words,
    "text": words,
    "citations": one_of(None),
    "thinking": words,
    "signature": words,
    "data": words,
    "id": _ID,
    "tool_use_id": _ID,
    "name": same,
    "input": values,
    "caller": same,
    "toolset_name": one_of(None),
    "is_error": same,
    "cache_control": same,
    "user_id": written(r"[\s\S]{1,256}"),
}

TALK = PlainTalk(
    "messages", lambda body: conversation_of(body["messages"]), _MARKS, besides={"metadata": within}
)
