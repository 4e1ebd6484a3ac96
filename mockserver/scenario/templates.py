"""Templates: texts with `{{` or `{%` in them, checked while loading.

What they may do, and how it is written, is the matter of `jinja`, which is loaded only where a template is
rendered, or checked that is no usual one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mockserver.conversation import Json, json_text
from mockserver.scenario.model import Template, TextValue
from mockserver.scenario.place import Place

if TYPE_CHECKING:
    import jinja2

_USUAL = re.compile(
    r"(?<!\{)\{\{ *([a-z][a-z0-9_]*)((?:\.[a-z][a-z0-9_]*){0,6})"
    r" *(?:\| *default\('([^'\\{}%#\r\n]*)'\) *)?\}\}(?!\})"
)
"""A variable, or a field of one, written as it is, or a text in its place where it is not there."""

_ODD = ("{{", "{%", "{#", "\r")
_NO_VARIABLES = frozenset(
    {"and", "else", "false", "if", "in", "is", "none", "not", "or", "self", "true"}
    | {"cycler", "dict", "joiner", "namespace", "range"}
)
"""Words of Jinja2's language, and what it has of its own."""


def is_template(text: str) -> bool:
    return "{{" in text or "{%" in text


def compile_template(text: str, place: Place, line: Callable[[int], Place] | None = None) -> TextValue:
    """The text itself, or the template it is. ProblemError if it is a bad one; `line` then gives the place of
    a line of the text, counted from 0.
    """
    if not is_template(text):
        return text
    if _usual_variables(text) is not None:
        return Template(text, Usual(text), place)
    from mockserver.scenario.jinja import check_template

    return Template(text, Compiled(text, check_template(text, place, line)), place)


def variables_of(source: str) -> frozenset[str]:
    """The names that a template takes from outside of it."""
    usual = _usual_variables(source)
    if usual is not None:
        return usual
    from mockserver.scenario.jinja import checked

    return checked(source)[0]


def _usual_variables(source: str) -> frozenset[str] | None:
    """The names that a template takes from outside of it, where it is plain to see that it is a good one."""
    rest = _USUAL.sub("\0", source)
    if any(odd in rest for odd in _ODD):
        return None
    names = frozenset(name for name, _, _ in _USUAL.findall(source))
    return names if names.isdisjoint(_NO_VARIABLES) else None


class Compiled:
    """A template that is compiled when it is first rendered: of thousands, few are in a run of the server."""

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: str, compiled: jinja2.Template | None = None) -> None:
        self._source = source
        self._compiled = compiled

    def render(self, variables: Mapping[str, Json]) -> str:
        return self.made().render(variables)

    def made(self) -> jinja2.Template:
        if self._compiled is None:
            from mockserver.scenario.jinja import made

            self._compiled = made(self._source)
        return self._compiled


class Usual:
    """A template with nothing in it but texts and what `_USUAL` is. It needs Jinja2 only where a value is not
    there, or is none.
    """

    __slots__ = ("_compiled", "_last", "_pieces")

    def __init__(self, source: str) -> None:
        at, pieces = 0, []
        for found in _USUAL.finditer(source):
            name, fields, default = found.groups()
            pieces.append((source[at : found.start()], name, tuple(fields.split(".")[1:]), default))
            at = found.end()
        self._pieces = tuple(pieces)
        self._last = source[at:]
        self._compiled = Compiled(source)

    def render(self, variables: Mapping[str, Json]) -> str:
        texts: list[str] = []
        for before, name, fields, default in self._pieces:
            value = variables.get(name)
            for field in fields:
                value = value.get(field) if isinstance(value, dict) else None
            if value is None and not fields and name not in variables:
                value = default
            if value is None:
                return self._compiled.render(variables)
            texts += before, value if isinstance(value, str) else json_text(value)
        return "".join((*texts, self._last))
