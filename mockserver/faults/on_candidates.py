"""Further faults that only generateContent and streamGenerateContent have, each with the report it is from.

How they look stands with the wire, under the same name (`deviations` of its dialect).
"""

from __future__ import annotations

from mockserver.faults.known import KnownFault

ON_CANDIDATES = (
    KnownFault(
        "answer-empty",
        "An answer is nothing but a finish: `STOP`, and no parts.",
        "Takes it for empty, and may ask again; does not fail.",
        threads=("BerriAI/litellm#24442", "AstrBotDevs/AstrBot#6735", "livekit/agents#4066"),
        deviates=True,
    ),
    KnownFault(
        "candidate-empty",
        "A candidate in the middle has neither content nor a reason to stop.",
        "Passes over it.",
        threads=("BerriAI/litellm#29167",),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "text-repeated",
        "Before the finish, all of the text comes once more in one piece.",
        "Cannot know; shows it twice.",
        threads=("maximhq/bifrost#2251",),
        deviates=True,
        needs="text",
    ),
    KnownFault(
        "thought-unmarked",
        "Thoughts come as text like any.",
        "Cannot know; shows them with the answer.",
        threads=("googleapis/python-genai#2121", "NousResearch/hermes-agent#102996"),
        deviates=True,
        needs="thinking",
    ),
    KnownFault(
        "signature-alone",
        "The last part is a signature without any text.",
        "Keeps the signature, and hands it back.",
        threads=("Wei-Shaw/sub2api#7081",),
        deviates=True,
        needs="thinking",
        heals=True,
    ),
    KnownFault(
        "call-malformed",
        "Instead of calls comes the reason `MALFORMED_FUNCTION_CALL`.",
        "Reports that the turn has failed; does not take it for an empty answer.",
        threads=("Wei-Shaw/sub2api#7081", "NousResearch/hermes-agent#83882", "agentjido/req_llm#944"),
        deviates=True,
        needs="tool_call",
    ),
    KnownFault(
        "call-in-pieces",
        "A call comes with its name and no arguments, and again with its arguments and no name.",
        "Puts the two together, or hands back no call without a name.",
        threads=("smallmain/vscode-unify-chat-provider#48",),
        deviates=True,
        needs="tool_call",
    ),
    KnownFault(
        "calls-together",
        "Several calls are parts of one chunk.",
        "Reads every part, not only the first.",
        threads=("bigduu/Bamboo-agent#372", "omnigent-ai/omnigent#28"),
        deviates=True,
        needs="tool_call",
        heals=True,
    ),
    KnownFault(
        "usage-without-counts",
        "The usage is there, but counts nothing.",
        "Shows no count, or counts itself; does not fail.",
        threads=("neuron-core/neuron-ai#443",),
        deviates=True,
    ),
    KnownFault(
        "id-missing",
        "The answer has no id.",
        "Gets along without it: nothing of the answer is lost.",
        threads=("looplj/axonhub#645",),
        deviates=True,
        heals=True,
    ),
)
