"""Further faults that only the Responses API has, each with the reports it is from.

How they look stands with the wire, under the same name (`deviations` of its dialect).
"""

from __future__ import annotations

from mockserver.faults.known import KnownFault
from mockserver.scenario.delivery import AfterShare, Fail, Fault

_KEEPS = "Keeps what the stream told; of an answer in one piece nothing is left."
_BY_STATUS = "Goes by the status of the response, and takes the answer for incomplete."
_NO_DETAILS = "Takes the details for unknown, and keeps the totals."

ON_RESPONSES = (
    KnownFault(
        "completed-output-empty",
        "The last event, or the answer in one piece, has an empty list for its output.",
        _KEEPS,
        (16,),
        threads=("QuantumNous/new-api#4362", "open-webui/open-webui#27800", "router-for-me/CLIProxyAPI#2626"),
        deviates=True,
    ),
    KnownFault(
        "started-without-output",
        "The first events of the life cycle hold a response without `output`.",
        "Takes it for empty.",
        (16,),
        threads=("diegosouzapw/OmniRoute#13964",),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "deltas-missing",
        "Text and arguments come whole when they are done, and in no pieces before.",
        "Takes what it has not seen yet from the event that says it is done.",
        (14,),
        threads=("Sophomoresty/gemini-web2api#57", "Wei-Shaw/sub2api#6629", "anomalyco/opencode#44862"),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "item-id-changes",
        "An item has another id where it is done, and one more in the last event.",
        "Goes by the position of the item, and shows it once.",
        (18,),
        threads=("EricLBuehler/mistral.rs#1944", "smg-project/smg#160"),
        deviates=True,
    ),
    KnownFault(
        "item-id-missing",
        "Items have no id.",
        "Goes by the position of the item; does not hand back an id that it made up.",
        (16,),
        threads=("Wei-Shaw/sub2api#2725",),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "output-index-constant",
        "All items claim the first position of the output.",
        "Goes by the ids of items.",
        (14,),
        threads=("BerriAI/litellm#36375",),
        deviates=True,
    ),
    KnownFault(
        "item-status-lies",
        "An item that was cut off says that it is complete, in a response that is not.",
        _BY_STATUS,
        (17,),
        threads=("vllm-project/vllm#57998",),
        deviates=True,
    ),
    KnownFault(
        "incomplete-named-completed",
        "A response that is incomplete comes in an event named `response.completed`.",
        _BY_STATUS,
        (17,),
        threads=("vllm-project/agentic-api#273",),
        deviates=True,
    ),
    KnownFault(
        "call-name-empty",
        "A call has lost its name where it is done.",
        "Keeps the name that the call was announced with.",
        threads=("router-for-me/CLIProxyAPI#1004",),
        deviates=True,
        needs="tool_call",
        heals=True,
    ),
    KnownFault(
        "annotations-missing",
        "Texts have no list of annotations.",
        "Takes it for empty.",
        (15,),
        threads=("Wei-Shaw/sub2api#5140", "router-for-me/CLIProxyAPI#5116", "farion1231/cc-switch#6820"),
        deviates=True,
        needs="text",
        heals=True,
    ),
    KnownFault(
        "usage-details-missing",
        "Token counts come without their details.",
        _NO_DETAILS,
        threads=(
            "router-for-me/CLIProxyAPI#4985",
            "lobehub/lobehub#18875",
            "smallmain/vscode-unify-chat-provider#277",
        ),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "usage-details-null",
        "Cached and reasoning tokens are counted as null.",
        _NO_DETAILS,
        threads=("NVIDIA-NeMo/Gym#3313",),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "usage-chat-names",
        "Token counts have the names that Chat Completions gives them.",
        "Reads both names, or shows no count; does not fail.",
        threads=("pingmike2/freebuff2api-wokers#10",),
        deviates=True,
        heals=True,
    ),
    KnownFault(
        "error-flat",
        "An error in the middle of a stream is flat, as the reference types it; the service nests it.",
        "Raises an error all the same.",
        (26,),
        threads=("openai/openai-python#3934", "stdapi-ai/stdapi.ai#294", "openai/openai-dotnet#881"),
        faults=(Fault(Fail("overloaded"), AfterShare(0.5)),),
        deviates=True,
    ),
)
