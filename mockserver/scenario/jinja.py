"""What templates are checked with and made by: Jinja2, sandboxed. It takes a while to load, so that only who
has a template to check, or to render, loads this module.

The environment is shared with whoever renders. What a template may do: read its variables, filter, branch
and loop. What it may not: load other templates, draw random values (the same scenario gives the same bytes),
reach into Python. A name that is not defined fails. A value that is no text is written as compact JSON:
`null`, `true`, `{"a":1}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from json import dumps
from types import BuiltinMethodType
from typing import Any

import jinja2
from jinja2 import meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockserver.conversation import Json, json_text
from mockserver.scenario.place import Place
from mockserver.scenario.problems import ProblemError, did_you_mean, quoted

LARGEST_POWER = 64
SHALLOW = 12
"""Python takes whatever is nested no deeper than this."""
_JSON_NAMES = {dict: "a mapping", list: "a list", str: "a text", int: "a number", float: "a number"}
_SEND_BRACES = "to send braces as they are, write {% raw %}…{% endraw %}"
_OTHER_TEMPLATES: tuple[type[nodes.Node], ...] = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
)


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which no power of numbers can stop the server, and no method hides a field."""

    intercepted_binops = frozenset({"**"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        # Jinja2 looks for methods first: `results.list_orders.items` would be that of Python's dict.
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if not all(isinstance(value, int | float) and abs(value) <= LARGEST_POWER for value in (left, right)):
            raise jinja2.TemplateRuntimeError(f"a power is taken of numbers up to {LARGEST_POWER} only")
        return super().call_binop(context, operator, left, right)


# As a function of the context it is called while rendering only: nothing is evaluated while loading.
@jinja2.pass_context
def _written(_: Context, value: Any) -> Any:
    """What an expression is written as."""
    return value if isinstance(value, str | jinja2.Undefined) else _to_json(value)


def _to_json(value: Json, indent: int | None = None) -> str:
    """The filter `tojson`: raw UTF-8 without the escapes for HTML that Jinja2's own adds."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # fails with the name that is not defined
    if isinstance(value, BuiltinMethodType):
        owner = _JSON_NAMES.get(type(value.__self__), type(value.__self__).__name__)
        raise jinja2.TemplateRuntimeError(f"{owner} has no field {quoted(value.__name__)}")
    try:
        return json_text(value) if indent is None else dumps(value, indent=indent, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise jinja2.TemplateRuntimeError(f"{type(value).__name__} is no JSON value: {error}") from None


class _MistakeError(jinja2.TemplateSyntaxError):
    """A mistake that Jinja2 would not find, or only while rendering."""

    def __init__(self, message: str, line: int, mend: str) -> None:
        super().__init__(message, line)
        self.mend = mend


def _environment() -> _Environment:
    environment = _Environment(
        undefined=jinja2.StrictUndefined,
        finalize=_written,
        keep_trailing_newline=True,
        optimized=False,
    )
    environment.filters["tojson"] = _to_json
    del environment.filters["random"]
    del environment.globals["lipsum"]
    return environment


ENVIRONMENT = _environment()
_NAMED: dict[type, tuple[str, Mapping[str, object]]] = {
    nodes.Filter: ("filter", ENVIRONMENT.filters),
    nodes.Test: ("test", ENVIRONMENT.tests),
}


def made(source: str) -> jinja2.Template:
    return ENVIRONMENT.from_string(source)


def check_template(text: str, place: Place, line: Callable[[int], Place] | None) -> jinja2.Template | None:
    """The template, where it is nested so deep that only making it tells whether it can be made.
    ProblemError if it is a bad one; `line` then gives the place of a line of the text, counted from 0.
    """
    try:
        _, depth = checked(text)
        return made(text) if depth > SHALLOW else None
    except jinja2.TemplateSyntaxError as error:
        where = line(error.lineno - 1) if line else place
        complaint = (error.message or "").rstrip(".")
        raise ProblemError(where, f"bad template: {complaint}", _mend(text, error)) from None
    except (RecursionError, SyntaxError, ValueError, OverflowError, MemoryError) as error:
        # Jinja2 translates to Python, which has limits of its own on nesting and the size of numbers.
        raise ProblemError(place, f"bad template: {error}", "make it simpler") from None


@lru_cache(maxsize=1024)
def checked(source: str) -> tuple[frozenset[str], int]:
    """The names that a template takes from outside of it, and how deep it is nested. What Jinja2 raises if
    it is a bad one.
    """
    tree = ENVIRONMENT.parse(source)
    for other in tree.find_all(_OTHER_TEMPLATES):
        word = type(other).__name__.lower()
        raise _MistakeError(f"`{word}` takes another template", other.lineno, "write all of it here")
    # Jinja2 itself tells of an unknown name only while rendering, where it stands inside an `if`.
    for named in tree.find_all((nodes.Filter, nodes.Test)):
        what, known = _NAMED[type(named)]
        if named.name not in known:
            mend = did_you_mean(named.name, known)
            raise _MistakeError(f"there is no {what} {quoted(named.name)}", named.lineno, mend)
    depth = _depth(tree)
    if depth <= SHALLOW and all(isinstance(part, nodes.Output) for part in tree.body):
        taken = {name.name for name in tree.find_all(nodes.Name)} - {"self"}
    else:  # to look for the variables Jinja2 translates it, and tells of all that it cannot translate
        taken = meta.find_undeclared_variables(tree)
    return frozenset(taken) - frozenset(ENVIRONMENT.globals), depth


def _depth(node: nodes.Node) -> int:
    return 1 + max(map(_depth, node.iter_child_nodes()), default=0)


def _mend(text: str, error: jinja2.TemplateSyntaxError) -> str:
    if isinstance(error, _MistakeError):
        return error.mend
    if text.count("{{") != text.count("}}") or text.count("{%") != text.count("%}"):
        return f"close each `{{{{` with `}}}}` and each `{{%` with `%}}`; {_SEND_BRACES}"
    return f"see the template syntax of Jinja2; {_SEND_BRACES}"
