"""Plain conversations of the Responses API: messages alone, of all the items that there are."""

from __future__ import annotations

from mockserver.protocols.openai.responses.history import input_items
from mockserver.protocols.openai.responses.read_items import messages_of
from mockserver.protocols.talk import PlainTalk

TALK = PlainTalk(
    "input",
    lambda body: messages_of(input_items(body), "/input"),
    roles=("user", "assistant", "system", "developer"),
    instruct=("system", "developer"),
    kinds=("input_text", "output_text"),
)
