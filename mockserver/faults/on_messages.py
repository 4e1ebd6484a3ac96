"""Further faults that only the stream and the body of Create a Message have, each with the report it is from.

How they look stands with the wire, under the same name (`deviations` of its dialect).
"""

from __future__ import annotations

from mockserver.faults.known import KnownFault

ON_MESSAGES = (
    # BerriAI/litellm#32478, maximhq/bifrost#4556
    KnownFault(
        "message-start-repeated",
        "The first event comes twice.",
        "Goes on with the message that it has.",
        deviates=True,
        heals=True,
    ),
    # earendil-works/pi#3708
    KnownFault(
        "done-event",
        "An event named `done` with the data `[DONE]` comes last.",
        "Passes over it, as over any event that it does not know: the message was whole.",
        (22,),
        deviates=True,
        heals=True,
    ),
    # anthropics/anthropic-sdk-typescript#903, NousResearch/hermes-agent#35418
    KnownFault(
        "event-without-data",
        "Before a block is closed comes an event with a name and no data.",
        "Passes over it, as the standard of server-sent events has it.",
        (39,),
        deviates=True,
        heals=True,
    ),
    # router-for-me/CLIProxyAPI#1700
    KnownFault(
        "usage-start-zero",
        "The start of a stream counts zero tokens; the end has the counts.",
        "Takes the counts of the end.",
        (21,),
        deviates=True,
        heals=True,
    ),
    # earendil-works/pi#6567
    KnownFault(
        "usage-end-missing",
        "The end of a stream has no usage.",
        "Keeps the counts of the start; does not fail.",
        (21,),
        deviates=True,
    ),
    # icebear0828/codex-proxy#587
    KnownFault(
        "usage-cached-in-input",
        "The input tokens count what was read from and written to the cache, too.",
        "Cannot know; its sum is too high.",
        (21,),
        deviates=True,
    ),
    # agentgateway/agentgateway#2147, headroomlabs-ai/headroom#2890, Wei-Shaw/sub2api#4302
    KnownFault(
        "block-stop-early",
        "Each block is closed before its last delta.",
        "Adds the delta to its block all the same; runs no call before the message has ended.",
        (23,),
        deviates=True,
        heals=True,
    ),
    # langchain-ai/langchain#37025
    KnownFault(
        "block-stops-late",
        "All blocks are closed at the end, so that they overlap.",
        "Adds each delta to the block of its index.",
        (23,),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "block-index-from-one",
        "The index of blocks begins at 1.",
        "Takes the index for a name, not for a place in a list.",
        (23,),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "block-index-constant",
        "All blocks have the index 0.",
        "Adds deltas to the block that was opened last; runs no call whose input went elsewhere.",
        (23,),
        deviates=True,
    ),
    # earendil-works/pi#7283
    KnownFault(
        "text-in-start",
        "The first piece of a text stands in the start of its block.",
        "Begins with what the start holds.",
        deviates=True,
        needs="text",
        heals=True,
    ),
    # earendil-works/pi#9681, rescrv/claudius#106
    KnownFault(
        "tool-blocks-missing",
        "The answer stops for tools, and holds no call.",
        "Takes the turn for ended or failed; sends no empty message.",
        deviates=True,
        needs="tool_call",
    ),
    # ENTERPILOT/GoModel#964, earendil-works/pi#4464
    KnownFault(
        "signature-empty",
        "The signature of thinking is empty.",
        "Keeps the thinking, and does not hand it back to who checks signatures.",
        (25,),
        deviates=True,
        needs="thinking",
    ),
    # rikkahub/rikkahub#1076
    KnownFault(
        "signature-late",
        "The signature comes behind all blocks, for one that is closed.",
        "Adds it to the block of its index.",
        (25,),
        deviates=True,
        needs="thinking",
        heals=True,
    ),
    # BerriAI/litellm#32357, BerriAI/litellm#33224
    KnownFault(
        "thinking-in-text-block",
        "Thinking comes as deltas into a block of text, without a signature.",
        "Does not show it as text; keeps the other blocks.",
        deviates=True,
        needs="thinking",
    ),
)
