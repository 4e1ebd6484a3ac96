"""Further faults that only generateContent and streamGenerateContent have, each with the report it is from.

How they look stands with the wire, under the same name (`deviations` of its dialect).
"""

from __future__ import annotations

from mockserver.faults.known import KnownFault

ON_CANDIDATES = (
    # BerriAI/litellm#24442, AstrBotDevs/AstrBot#6735, livekit/agents#4066
    KnownFault(
        "answer-empty",
        "An answer is nothing but a finish: `STOP`, and no parts.",
        "Takes it for empty, and may ask again; does not fail.",
        deviates=True,
    ),
    # BerriAI/litellm#29167
    KnownFault(
        "candidate-empty",
        "A candidate in the middle has neither content nor a reason to stop.",
        "Passes over it.",
        deviates=True,
        heals=True,
    ),
    # maximhq/bifrost#2251
    KnownFault(
        "text-repeated",
        "Before the finish, all of the text comes once more in one piece.",
        "Cannot know; shows it twice.",
        deviates=True,
        needs="text",
    ),
    # googleapis/python-genai#2121, NousResearch/hermes-agent#102996
    KnownFault(
        "thought-unmarked",
        "Thoughts come as text like any.",
        "Cannot know; shows them with the answer.",
        deviates=True,
        needs="thinking",
    ),
    # Wei-Shaw/sub2api#7081
    KnownFault(
        "signature-alone",
        "The last part is a signature without any text.",
        "Keeps the signature, and hands it back.",
        deviates=True,
        needs="thinking",
        heals=True,
    ),
    # Wei-Shaw/sub2api#7081, NousResearch/hermes-agent#83882, agentjido/req_llm#944
    KnownFault(
        "call-malformed",
        "Instead of calls comes the reason `MALFORMED_FUNCTION_CALL`.",
        "Reports that the turn has failed; does not take it for an empty answer.",
        deviates=True,
        needs="tool_call",
    ),
    # smallmain/vscode-unify-chat-provider#48
    KnownFault(
        "call-in-pieces",
        "A call comes with its name and no arguments, and again with its arguments and no name.",
        "Puts the two together, or hands back no call without a name.",
        deviates=True,
        needs="tool_call",
    ),
    # bigduu/Bamboo-agent#372, omnigent-ai/omnigent#28
    KnownFault(
        "calls-together",
        "Several calls are parts of one chunk.",
        "Reads every part, not only the first.",
        deviates=True,
        needs="tool_call",
        heals=True,
    ),
    # neuron-core/neuron-ai#443
    KnownFault(
        "usage-without-counts",
        "The usage is there, but counts nothing.",
        "Shows no count, or counts itself; does not fail.",
        deviates=True,
    ),
    # looplj/axonhub#645
    KnownFault(
        "id-missing",
        "The answer has no id.",
        "Gets along without it: nothing of the answer is lost.",
        deviates=True,
        heals=True,
    ),
)
