"""Faults that each wire has in its own words: what they are called, and what a client should make of them.

How they look stands with the wire, under the same name (`deviations` of its dialect).
"""

from __future__ import annotations

from mockserver.faults.known import KnownFault
from mockserver.scenario.delivery import AfterShare, AtStart, Fail, Fault

_UNFINISHED = "Takes the answer for an incomplete one."
_TOLERANT = "Gets along without it: nothing of the answer is lost."
_NO_COUNT = "Shows no count, or counts itself; does not fail."


def _deviation(name: str, says: str, client: str, *pitfalls: int, heals: bool = False) -> KnownFault:
    return KnownFault(name, says, client, pitfalls, deviates=True, heals=heals)


ON_ENDINGS = (
    _deviation(
        "finish-missing",
        "The stream ends cleanly; nothing ever says why, and the closing event is missing.",
        _UNFINISHED,
        9,
    ),
    _deviation(
        "finish-null",
        "A whole answer whose reason to stop is null.",
        "Decides by what the answer holds, or takes it for incomplete.",
        11,
    ),
    _deviation(
        "finish-lies",
        "An answer that was cut off says that it ended as usual.",
        "Cannot see it, but for a call whose arguments are incomplete.",
        8,
        36,
    ),
    _deviation(
        "finish-stop-for-tools",
        "An answer with tool calls says `stop`.",
        "Runs the calls: they are there.",
        7,
        37,
        heals=True,
    ),
    _deviation(
        "finish-with-last-delta",
        "The last text and the reason to stop come in one chunk.",
        "Reads both.",
        heals=True,
    ),
    _deviation(
        "finish-first",
        "A candidate with a reason to stop and no parts comes before the text.",
        "Reads on until the stream ends.",
        34,
    ),
    _deviation(
        "finish-everywhere", "Every chunk says `STOP`.", "Reads on until the stream ends.", 34, heals=True
    ),
    _deviation(
        "finish-with-call",
        "The call and the reason to stop come in one chunk.",
        "Reads both.",
        30,
        heals=True,
    ),
    _deviation(
        "finish-after-call",
        "The reason to stop comes in a chunk of its own, behind the call.",
        "Keeps the call when the last chunk has none.",
        30,
        heals=True,
    ),
    _deviation(
        "parts-missing",
        "The last chunk has a reason to stop and no parts.",
        "Reads the reason.",
        30,
        heals=True,
    ),
    _deviation(
        "done-missing",
        "The stream ends without `[DONE]`.",
        "Has seen the reason to stop, and takes the answer for whole.",
        9,
        heals=True,
    ),
    _deviation(
        "done-marker",
        "A `[DONE]` ends a stream of a wire that has none.",
        "Passes over it.",
        22,
        35,
        heals=True,
    ),
)

ON_COUNTS = (
    _deviation("usage-missing", "Token counts were due and do not come.", _NO_COUNT, 5, 21),
    _deviation("usage-zero", "All token counts are zero.", _NO_COUNT, 21),
    _deviation("usage-null", "Token counts are null.", _NO_COUNT, 21),
    _deviation(
        "usage-unasked",
        "A chunk with token counts comes unasked.",
        "Gets along with a chunk without choices.",
        5,
        heals=True,
    ),
    _deviation(
        "usage-without-choices",
        "The chunk with token counts leaves `choices` out.",
        "Gets along with a chunk without choices.",
        5,
        heals=True,
    ),
    _deviation(
        "usage-repeated",
        "Every chunk tells token counts, growing.",
        "Takes the last ones, and adds nothing up.",
        5,
        heals=True,
    ),
    _deviation(
        "usage-output-only",
        "The last event counts output tokens alone.",
        "Keeps the input tokens that the first event told.",
        21,
        heals=True,
    ),
    _deviation(
        "usage-last-only", "Only the last chunk tells token counts.", "Takes them from there.", 21, heals=True
    ),
)

ON_CALLS = (
    _deviation(
        "tool-index-missing",
        "The pieces of a call have no index.",
        "Takes a piece without an index for the call that came last.",
        1,
    ),
    _deviation(
        "tool-index-repeated",
        "Two entries of one index stand in the first chunk of a call.",
        "Puts them together.",
        2,
    ),
    _deviation(
        "tool-index-from-one",
        "The first call has index 1.",
        "Takes the index for a name, not for a place in a list.",
        3,
    ),
    _deviation("tool-name-split", "The name of a tool comes in two pieces.", "Puts the pieces together.", 4),
    _deviation(
        "tool-arguments-first",
        "Arguments come before the name of the tool.",
        "Keeps them until the name is there.",
        4,
    ),
    _deviation(
        "tool-head-repeated",
        "Every piece of a call repeats its id and name.",
        "Does not put them together to one long name.",
        4,
    ),
    _deviation(
        "gemini-compat",
        "Calls as Gemini's compatible endpoint sends them: whole, no index, `stop`, a signature beside them.",
        "Runs the calls, and hands the signature back.",
        37,
    ),
    _deviation(
        "tool-input-missing",
        "A tool block starts without `input`.",
        "Takes it for empty until the deltas come.",
        24,
    ),
    _deviation(
        "tool-input-in-start",
        "A tool block starts with its whole input and has no deltas.",
        "Takes the input from the start.",
        24,
        heals=True,
    ),
    _deviation(
        "tool-delta-empty", "A tool block has empty deltas only.", "Takes the input for an empty object.", 24
    ),
    _deviation("call-id-missing", "A call has no id.", "Makes one up, or matches by order.", 33),
    _deviation(
        "call-args-missing", "A call has no arguments member.", "Takes it for a call without arguments.", 24
    ),
    _deviation(
        "call-arguments-object",
        "The arguments of a call are an object where JSON text is due.",
        "Takes the object, or reports it.",
        24,
    ),
    _deviation(
        "call-arguments-text",
        "The arguments of a call are JSON text where an object is due.",
        "Parses the text, or reports it.",
        24,
    ),
)

ON_EVENTS = (
    _deviation("sequence-missing", "Events have no sequence number.", _TOLERANT, 13, heals=True),
    _deviation("sequence-gap", "Sequence numbers leave one out.", "Sees that an event may be missing.", 13),
    _deviation("sequence-constant", "All events have sequence number 0.", _TOLERANT, 13, heals=True),
    _deviation(
        "created-missing", "The first event of the life cycle is missing.", "Begins with the next one.", 14
    ),
    _deviation(
        "item-added-missing",
        "An item's first event is missing.",
        "Makes the item up from the events that follow.",
        14,
    ),
    _deviation(
        "part-added-missing",
        "A content part's first event is missing.",
        "Makes the part up from its deltas.",
        14,
    ),
    _deviation(
        "positions-missing",
        "Events do not say which item and part they belong to.",
        "Takes the one that was opened last.",
        14,
    ),
    _deviation(
        "done-events-missing",
        "No event says that a text, a part or an item is done.",
        "Takes them for done when the response is.",
        14,
    ),
    _deviation("completed-missing", "The last event of the life cycle is missing.", _UNFINISHED, 14),
    _deviation(
        "completed-without-output",
        "The last event repeats the response without its output.",
        "Keeps what the stream told.",
        16,
    ),
    _deviation("logprobs-missing", "Text events have no `logprobs`.", _TOLERANT, 15, heals=True),
    _deviation("item-status-missing", "Items have no status.", _TOLERANT, 16, heals=True),
    _deviation(
        "unwrapped-response",
        "Life cycle events are the response itself, not an event that holds it.",
        "Reports that it cannot read the event.",
        15,
    ),
    _deviation("event-names-missing", "Events have no `event:` line.", "Reads the type in the JSON."),
    _deviation("event-name-message", "All events are named `message`.", "Reads the type in the JSON."),
    _deviation(
        "message-start-missing",
        "The event that opens the message is missing.",
        "Reports that the stream is broken, or begins with the first block.",
        21,
    ),
    _deviation(
        "message-stop-missing",
        "The event that closes the message is missing.",
        "Has seen the reason to stop, or takes the answer for incomplete.",
        9,
    ),
    _deviation(
        "message-delta-repeated",
        "The event with the reason to stop comes twice.",
        "Takes the last one, and adds nothing up.",
        21,
        heals=True,
    ),
    _deviation(
        "block-index-gap",
        "The index of blocks leaves one out.",
        "Takes the index for a name, not for a place in a list.",
        23,
    ),
    _deviation(
        "block-start-missing",
        "A block's deltas come without its start.",
        "Reports that the stream is broken.",
        23,
    ),
    _deviation(
        "block-stop-missing",
        "A block has no end.",
        "Takes it for done when the next one starts or the message ends.",
        23,
    ),
    _deviation(
        "phantom-text-block",
        "An empty text block comes before the first call.",
        "Passes over it, and does not send it back.",
        24,
        heals=True,
    ),
    _deviation(
        "ping-storm",
        "Pings stand everywhere, before the first event too.",
        "Passes over pings.",
        27,
        heals=True,
    ),
    _deviation(
        "preamble-without-choices",
        "The first chunk has no choices, as with a content filter in front.",
        "Passes over it.",
        6,
        heals=True,
    ),
    _deviation("choices-null", "`choices` is null in a chunk without any.", "Takes it for an empty list.", 5),
    _deviation(
        "candidates-missing",
        "A chunk in the middle has token counts alone.",
        "Passes over it.",
        30,
        heals=True,
    ),
    _deviation(
        "json-array",
        "An array of JSON comes where events were asked for.",
        "Reports that this is no stream of events.",
        35,
    ),
)

ON_MEMBERS = (
    _deviation(
        "signature-missing",
        "Thinking, or a call, comes without its signature.",
        "Does not fail; the next turn may be refused.",
        25,
        31,
    ),
    _deviation("signature-in-start", "The signature comes with the start of its block.", "Keeps it.", 25),
    _deviation(
        "id-changes",
        "The id of the answer does not stay the same in the stream.",
        "Takes the first one.",
        18,
    ),
    _deviation("empty-delta", "Empty pieces of text are strewn in.", "Passes over them.", 24, heals=True),
    _deviation(
        "role-missing", "Nothing says whose message it is.", "Takes it for the assistant's.", heals=True
    ),
    _deviation("role-repeated", "Every chunk says whose message it is.", "Does not put the roles together."),
    _deviation("content-null", "The content is null where a text or a list is due.", "Takes it for empty."),
    _deviation("model-missing", "Nothing says which model it was.", _TOLERANT, 16, heals=True),
    _deviation(
        "snake-case",
        "Members are spelled with underscores.",
        "Reads both spellings, or reports that it finds nothing.",
    ),
    KnownFault(
        "error-plain",
        "An error in the middle of a stream is a text, not an object.",
        "Raises an error all the same.",
        (26,),
        faults=(Fault(Fail("overloaded"), AfterShare(0.5)),),
        deviates=True,
    ),
    KnownFault(
        "error-array",
        "The body of an error is an array.",
        "Raises an error all the same.",
        (35,),
        faults=(Fault(Fail("overloaded"), AtStart()),),
        deviates=True,
    ),
)
