"""`error` and `raw`: the outcomes of a turn that are no reply.

An error is a neutral kind; each wire owns its status, envelope and wording, and what the script says wins. A
raw answer is verbatim, per protocol: no template in it is rendered.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping

from mockserver.conversation import ERROR_KINDS, Json, JsonObject
from mockserver.scenario.model import ErrorOutcome, RawAnswer, RawOutcome
from mockserver.scenario.problems import ProblemError, listed
from mockserver.scenario.read_value import JSON, Located, located
from mockserver.scenario.reading import (
    Found,
    Key,
    Kind,
    Reading,
    Shape,
    as_text,
    list_of,
    read_keys,
    shape_kind,
)
from mockserver.scenario.scalars import (
    DURATION,
    TEMPLATE,
    TEXT,
    VERBATIM_HEADERS,
    by_protocol,
    choice,
    reference,
    whole_number,
)
from mockserver.scenario.yaml_nodes import ListNode, MappingNode, Node

# ----------------------------------------------------------------------------------------------- error

ERROR_KIND = choice(ERROR_KINDS, "a kind of error")

ERROR_SHAPE = Shape(
    "`error`",
    (
        Key("kind", ERROR_KIND, "The neutral kind, which each wire spells its own way."),
        Key("message", TEMPLATE, "The message, instead of the wire's own."),
        Key("retry_after", DURATION, "When to try again."),
        Key(
            "status", whole_number(400, 599, "an HTTP status"), "The HTTP status, instead of the wire's own."
        ),
        Key("code", TEXT, "The code in the envelope, instead of the wire's own."),
    ),
    required=("kind",),
)
_ERROR_MAPPING = shape_kind(ERROR_SHAPE, ErrorOutcome)


def _read_error(node: Node, reading: Reading) -> ErrorOutcome:
    if isinstance(node, MappingNode | ListNode):
        return _ERROR_MAPPING.read(node, reading)
    return ErrorOutcome(ERROR_KIND.read(node, reading))


ERROR: Kind[ErrorOutcome] = Kind(_read_error, reference("error"))

# ------------------------------------------------------------------------------------------------- raw


def _read_base64(node: Node, _: Reading) -> bytes:
    try:
        return b64decode("".join(as_text(node).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProblemError(node.place, f"bad base64: {error}", "use the standard alphabet, padded") from None


BASE64 = Kind(_read_base64, TEXT.schema)
BASE64_SHAPE = Shape("`bytes`", (Key("base64", BASE64, "The bytes in base64."),), required=("base64",))


def _read_bytes(node: Node, reading: Reading) -> bytes:
    if isinstance(node, MappingNode):
        content: bytes = read_keys(node, BASE64_SHAPE, reading).settled()["base64"]
        return content
    return as_text(node).encode()


BYTES = Kind(_read_bytes, {"anyOf": [TEXT.schema, BASE64_SHAPE.schema]})

CONTENTS = ("body", "events", "bytes")

RAW_SHAPE = Shape(
    "a raw answer",
    (
        Key("status", whole_number(200, 599, "an HTTP status"), "The HTTP status; 200 where it is left out."),
        Key("headers", VERBATIM_HEADERS, "The headers."),
        Key("body", located(JSON), "A JSON value, or a text that is sent as it is."),
        Key(
            "events",
            located(list_of(JSON, "events", empty=True)),
            "The data of each stream event: JSON values or texts.",
        ),
        Key("bytes", BYTES, "The body to the letter: a text, or {base64: …}.", into="content"),
    ),
    rules={"oneOf": [{"required": [name]} for name in CONTENTS]},
)


def _read_raw_answer(node: Node, reading: Reading) -> RawAnswer:
    found = read_keys(node, RAW_SHAPE, reading)
    _check_contents(found, reading)
    return _raw_answer(**found.settled())


def _check_contents(found: Found, reading: Reading) -> None:
    given = [name for name in found.places if name in CONTENTS]
    if not given and not found.unknown:
        reading.tell(
            found.place, f"a raw answer lacks one of {listed(CONTENTS)}", 'write `body: ""` for none'
        )
    if len(given) > 1:
        what = f"a raw answer has one content, not {listed(given)}"
        reading.tell(found.key_place(given[1]), what, "keep one of them")


def _raw_answer(
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    body: Located[Json] | None = None,
    events: Located[tuple[Json, ...]] | None = None,
    content: bytes | None = None,
) -> RawAnswer:
    stands = body or events
    return RawAnswer(
        status,
        tuple((headers or {}).items()),
        body=body.value if body else None,
        events=events.value if events else None,
        content=content,
        place_of=stands.place_of if stands else None,
    )


_RAW_ANSWERS = by_protocol(Kind(_read_raw_answer, reference("raw_answer")), RAW_SHAPE.spellings)

RAW: Kind[RawOutcome] = Kind(
    lambda node, reading: RawOutcome(_RAW_ANSWERS.read(node, reading)), _RAW_ANSWERS.schema
)

DEFINITIONS: JsonObject = {
    "error": {"anyOf": [ERROR_KIND.schema, ERROR_SHAPE.schema]},
    "raw_answer": RAW_SHAPE.schema,
}
