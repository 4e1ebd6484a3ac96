"""`reply`: a text, a list of parts, or the word `auto`.

Each part is a plain text or a mapping with exactly one key that names its kind, and the options of that kind.
An empty list is a reply without content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.conversation import JsonObject
from mockserver.scenario.model import (
    AutoOutcome,
    ImagePart,
    JsonPart,
    JsonTemplate,
    NativePart,
    Part,
    RefusalPart,
    ReplyOutcome,
    TextPart,
    TextValue,
    ThinkingPart,
    ToolCallPart,
)
from mockserver.scenario.problems import ProblemError, did_you_mean, listed, quoted
from mockserver.scenario.read_image import IMAGE
from mockserver.scenario.read_value import JSON_TEMPLATE, Located, is_null, located
from mockserver.scenario.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    as_mapping,
    as_text,
    list_of,
    read_keys,
    wrong,
)
from mockserver.scenario.scalars import SWITCH, TEMPLATE, TEXT, by_protocol, compile_scalar, reference
from mockserver.scenario.yaml_nodes import ListNode, MappingNode, Node, ScalarNode
from mockserver.values import dataclass

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class PartForm:
    """A kind of part: the table of its keys, the first of which names the kind, and how it is made."""

    shape: Shape
    make: Callable[..., Part]


def _read_tool_name(node: Node, _: Reading) -> TextValue:
    if not isinstance(node, ScalarNode) or is_null(node) or not node.text:
        mend = "write `tool_call: get_weather`, and its arguments beside it under `arguments`"
        raise wrong(node, "the name of a tool", mend)
    return compile_scalar(node)


def _read_arguments(node: Node, reading: Reading) -> JsonTemplate:
    match node:
        case MappingNode():
            return JSON_TEMPLATE.read(node, reading)
        case ScalarNode() if node.text or not node.plain:
            return as_text(node)
        case _:
            mend = "write {} for no arguments, or a text to be sent as it is"
            raise wrong(node, "a mapping or a text", mend)


TOOL_NAME = Kind(_read_tool_name, {**TEMPLATE.schema, "minLength": 1})
ARGUMENTS = Kind(_read_arguments, {"anyOf": [{"type": "object"}, TEXT.schema]})
NATIVE = by_protocol(located(JSON_TEMPLATE))


def _tool_call(
    name: TextValue,
    arguments: JsonTemplate | None = None,
    id: TextValue | None = None,  # noqa: A002 - a key's name
) -> ToolCallPart:
    return ToolCallPart(name, {} if arguments is None else arguments, id)


def _native(values: Mapping[str, Located[JsonTemplate]]) -> NativePart:
    return NativePart(
        {protocol: found.value for protocol, found in values.items()},
        {protocol: found.place_of for protocol, found in values.items()},
    )


def _image(image: ImagePart) -> ImagePart:
    return image


_FORMS: tuple[tuple[Callable[..., Part], tuple[Key, ...]], ...] = (
    (TextPart, (Key("text", TEMPLATE, "Text the model says."),)),
    (
        ThinkingPart,
        (
            Key("thinking", TEMPLATE, "Reasoning before the answer.", into="text"),
            Key("signature", TEXT, "The vendor's opaque proof; made up where left out."),
            Key("redacted", SWITCH, "The text is opaque data that is never shown as reasoning."),
        ),
    ),
    (
        _tool_call,
        (
            Key("tool_call", TOOL_NAME, "The name of the tool that is called.", into="name"),
            Key("arguments", ARGUMENTS, "A mapping, or a text sent as it is: broken JSON on purpose."),
            Key("id", TEMPLATE, "The id of the call; derived where left out."),
        ),
    ),
    (RefusalPart, (Key("refusal", TEMPLATE, "The model refuses with this text.", into="text"),)),
    (JsonPart, (Key("json", JSON_TEMPLATE, "Any value, sent as compact JSON text.", into="value"),)),
    (_image, (Key("image", IMAGE, "A size to draw (`256x256`), or a picture file beside the scenario."),)),
    (
        _native,
        (Key("native", NATIVE, "A part only some wires know, in their own shape.", into="values"),),
    ),
)
_OPTIONS = {option.name: keys[0].name for _, keys in _FORMS for option in keys[1:]}
_HINTS = {option: f"it belongs to a `{kind}` part" for option, kind in _OPTIONS.items()}


def _form(make: Callable[..., Part], keys: tuple[Key, ...]) -> PartForm:
    kind = keys[0].name
    return PartForm(Shape(f"a `{kind}` part", keys, required=(kind,), hints=_HINTS), make)


PARTS: dict[str, PartForm] = {keys[0].name: _form(make, keys) for make, keys in _FORMS}


def _read_part(node: Node, reading: Reading) -> Part:
    if isinstance(node, ScalarNode):
        return TextPart(TEMPLATE.read(node, reading))
    form = PARTS[_part_kind(node)]
    return form.make(**read_keys(node, form.shape, reading).settled())


def _part_kind(node: Node) -> str:
    mapping = as_mapping(node, f"a part has one of the keys {listed(PARTS)}")
    kinds = [entry.key for entry in mapping.entries if entry.key.text in PARTS]
    if len(kinds) > 1:
        what = f"{quoted(kinds[1].text)} stands beside {quoted(kinds[0].text)}, but a part is of one kind"
        raise ProblemError(kinds[1].place, what, "begin another list item with `- `")
    if kinds:
        return kinds[0].text
    return _missing_kind(mapping)


def _missing_kind(mapping: MappingNode) -> str:
    for entry in mapping.entries:
        if entry.key.text not in _OPTIONS:
            what = f"{quoted(entry.key.text)} is no kind of part"
            raise ProblemError(entry.key.place, what, did_you_mean(entry.key.text, PARTS))
    needed = [_OPTIONS[entry.key.text] for entry in mapping.entries]
    mend = f"add {quoted(needed[0])}" if needed else f"choose from {listed(PARTS)}"
    raise ProblemError(mapping.place, "the part does not say of which kind it is", mend)


PART: Kind[Part] = Kind(_read_part, reference("part"))
_PARTS_LIST = list_of(PART, "parts", empty=True)


def _read_reply(node: Node, reading: Reading) -> ReplyOutcome | AutoOutcome:
    match node:
        case ScalarNode(text="auto"):
            return AutoOutcome()
        case ScalarNode():
            return ReplyOutcome((PART.read(node, reading),))
        case ListNode():
            return ReplyOutcome(_PARTS_LIST.read(node, reading))
        case _:
            raise wrong(node, "a text or a list of parts", "begin each part of the list with `- `")


REPLY: Kind[ReplyOutcome | AutoOutcome] = Kind(_read_reply, reference("reply"))

DEFINITIONS: JsonObject = {
    "reply": {"anyOf": [TEMPLATE.schema, _PARTS_LIST.schema]},
    "part": {
        "anyOf": [TEMPLATE.schema, *({**form.shape.schema, "title": kind} for kind, form in PARTS.items())]
    },
}
