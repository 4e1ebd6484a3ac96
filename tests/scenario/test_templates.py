"""Templates: what is one, what it may do, how values are written."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import jinja2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jinja2 import meta

from mockserver.scenario.jinja import ENVIRONMENT, SHALLOW, checked, made
from mockserver.scenario.model import Template
from mockserver.scenario.place import Place
from mockserver.scenario.problems import ProblemError
from mockserver.scenario.templates import Compiled, compile_template, is_template, variables_of

PLACE = Place("a.yaml", 1, 1)


def render(text: str, **variables: Any) -> str:
    template = compile_template(text, PLACE)
    assert isinstance(template, Template)
    return template.compiled.render(variables)


@pytest.mark.parametrize("text", ["", "plain", "{ city }", "{# no comment #}", "100 % }}"])
def test_a_text_without_opening_braces_stays_a_text(text: str) -> None:
    assert compile_template(text, PLACE) == text


def test_a_template_keeps_its_source_and_place() -> None:
    assert compile_template("{{ city }}", PLACE) == Template("{{ city }}", Compiled("other"), PLACE)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Paris", "Paris"),
        (18, "18"),
        (18.5, "18.5"),
        (True, "true"),
        (None, "null"),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        (["<b>"], '["<b>"]'),
    ],
)
def test_a_value_is_written_as_json_unless_it_is_a_text(value: Any, written: str) -> None:
    assert render("{{ value }}", value=value) == written


def test_tojson_writes_raw_json() -> None:
    assert render("{{ value | tojson }}", value={"a": "<é>"}) == '{"a":"<é>"}'


def test_tojson_can_indent() -> None:
    assert render("{{ value | tojson(indent=2) }}", value={"a": "é"}) == '{\n  "a": "é"\n}'


def test_the_newline_at_the_end_is_kept() -> None:
    assert render("{{ 1 }}\n") == "1\n"


def test_statements_branch_and_loop() -> None:
    assert render("{% for n in [1, 2] %}{% if n > 1 %}{{ n }}{% endif %}{% endfor %}") == "2"


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ nobody.name }}", "{{ nobody | tojson }}", "{{ a.b }}"])
def test_a_name_that_is_not_defined_fails(text: str) -> None:
    with pytest.raises(jinja2.UndefinedError, match=r"nobody|has no attribute 'b'"):
        render(text, a={})


@pytest.mark.parametrize("name", ["items", "keys", "values", "get", "copy", "update"])
def test_a_field_may_be_named_like_a_method(name: str) -> None:
    text = f"{{{{ result.{name} }}}} {{{{ result['{name}'] }}}}"

    assert render(text, result={name: 3}) == "3 3"


def test_the_methods_of_a_mapping_work_where_no_field_has_their_name() -> None:
    assert render("{% for k, v in result.items() %}{{ k }}{{ v }}{% endfor %}", result={"a": 1}) == "a1"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{{ {}.items }}", "a mapping has no field `items`"),
        ("{{ 'x'.count }}", "a text has no field `count`"),
        ("{{ [].count | tojson }}", "a list has no field `count`"),
    ],
)
def test_a_method_that_was_meant_as_a_field_is_told_as_such(text: str, complaint: str) -> None:
    with pytest.raises(jinja2.TemplateRuntimeError, match=complaint):
        render(text)


@pytest.mark.parametrize("text", ["{{ range }}", "{{ range | tojson }}", "{{ range | tojson(2) }}"])
def test_what_is_no_json_fails(text: str) -> None:
    with pytest.raises(jinja2.TemplateRuntimeError, match="is no JSON value"):
        render(text)


@pytest.mark.parametrize(
    "text",
    ["{{ ''.__class__.__mro__ }}", "{{ a.append(1) }}", "{{ (1).__class__ }}"],
)
def test_python_is_out_of_reach(text: str) -> None:
    with pytest.raises(jinja2.TemplateRuntimeError):
        render(text, a=[])


@pytest.mark.parametrize("text", ["{{ 10 ** 10 ** 10 }}", "{{ 1 ** 65 }}", "{{ 'a' ** 2 }}"])
def test_powers_are_bounded(text: str) -> None:
    with pytest.raises(jinja2.TemplateRuntimeError, match="up to 64"):
        render(text)


def test_small_powers_are_taken() -> None:
    assert render("{{ 2 ** 10 }}") == "1024"


def test_nothing_is_evaluated_while_loading() -> None:
    assert isinstance(compile_template("{{ 'a' | center(10 ** 12) }}{{ 9 ** 99 ** 99 }}", PLACE), Template)


@pytest.mark.parametrize(
    "text",
    [
        "{{ [1, 2] | random }}",
        "{% if x %}{{ x | shout }}{% endif %}",
        "{% if x is shouted %}{% endif %}",
        "{% include 'a' %}",
        "{% import 'a' as a %}",
        "{% from 'a' import b %}",
        "{% extends 'a' %}",
        "{{",
        "{%",
        "{{ }}",
        "{% unknown %}",
        "{% if x %}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ " + "9" * 5000 + " }}",
        "{% for a in x %}" * 30 + "{% endfor %}" * 30,
    ],
)
def test_a_bad_template_is_a_problem_at_its_place(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        compile_template(text, PLACE)

    assert caught.value.problem.place == PLACE
    assert caught.value.problem.what.startswith("bad template: ")
    assert caught.value.problem.mend


@pytest.mark.parametrize(
    "text",
    [
        "{{ a }} and {{ b.c[d] | upper }}",
        "{{ a | default(b) if c is defined else [d, {e: f}] }}",
        "{{ range(a) }}{{ self }}{{ loop }}",
        "{{ a ~ b == c and not d in (e, 'f') }}",
        "{{ x.y(a, b=c, *d, **e) }}",
        "{% for a in b %}{{ a }}{{ c }}{% endfor %}{{ a }}",
        "{% set a = b %}{{ a }}",
        "{% if a %}{{ b }}{% endif %}",
    ],
)
def test_the_variables_are_those_that_jinja2_finds(text: str) -> None:
    found = meta.find_undeclared_variables(ENVIRONMENT.parse(text))

    assert variables_of(text) == found - {"range"}
    assert found


USUAL = ["{{ a }}", "{{a.b_1.c}}", "{{ a | default('x y') }}", "{{ a.b|default('') }}"]
ODD = [
    *("{", "}", "{{", "}}", "{%", "%}", "{#", "#}", "text '", "\n"),
    *("{{ A }}", "{{ _a.b }}", "{{ a.b c }}", "{{ a.1 }}", "{{- a }}", "{{ a.class.for }}"),
    *("{{ range }}", "{{ self.a }}", "{{ true }}", "{{ not a }}", "{{ not }}"),
    *("{{ a | upper }}", "{{ a | default('{{') }}", "{{ a | default('\\') }}"),
]


@given(st.lists(st.sampled_from(USUAL + ODD), min_size=1, max_size=4).map("".join))
def test_what_is_plain_to_see_is_what_jinja2_finds(text: str) -> None:
    assume(is_template(text))
    try:
        found = checked(text)[0]
    except jinja2.TemplateSyntaxError:
        with pytest.raises(ProblemError):
            compile_template(text, PLACE)
    else:
        assert isinstance(compile_template(text, PLACE), Template)
        assert variables_of(text) == found


PLAIN = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1)
VALUES = st.recursive(
    PLAIN | st.sampled_from(["", "é", "{{ a }}", "<b>"]),
    lambda inner: st.dictionaries(st.sampled_from(["b", "b_1", "c", "items"]), inner) | st.lists(inner),
    max_leaves=4,
)


@given(
    st.lists(st.sampled_from([*USUAL, "{{ a.items }}", "{{ b }}", "text\n", "é"]), max_size=4).map("".join),
    st.dictionaries(st.sampled_from("ab"), VALUES),
)
def test_the_usual_is_written_as_jinja2_writes_it(text: str, variables: dict[str, Any]) -> None:
    assume(is_template(text))
    try:
        written = made(text).render(variables)
    except jinja2.TemplateError as error:
        with pytest.raises(type(error), match=f"^{re.escape(str(error))}$"):
            render(text, **variables)
    else:
        assert render(text, **variables) == written


@pytest.mark.parametrize("text", ["{{ a }}\r\nb", "{{ a | default('x\ry') }}"])
def test_line_breaks_are_those_of_jinja2(text: str) -> None:
    assert render(text, a="") == made(text).render(a="")


@pytest.mark.parametrize("text", USUAL)
def test_the_usual_is_checked_and_written_without_jinja2(text: str) -> None:
    program = f"""
import sys
from mockserver.scenario.templates import compile_template, variables_of
compile_template({text!r}, None).compiled.render({{"a": {{"b": 1, "b_1": {{"c": 1}}}}}})
print(*variables_of({text!r}), "jinja2" in sys.modules)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert done.stdout.split() == ["a", "False"]


@pytest.mark.parametrize("depth", [SHALLOW // 2, SHALLOW, 19, 30, 60])
@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [
        ("{% for a in x %}", "a", "{% endfor %}"),
        ("{% if x %}", "a", "{% endif %}"),
        ("{% set x %}", "a", "{% endset %}"),
        ("{% filter upper %}", "a", "{% endfilter %}"),
        ("{{ -(", "1", ") }}"),
        ("{{ [", "1", "] }}"),
        ("{{ x[", "1", "] }}"),
    ],
)
def test_what_nests_too_deep_is_told_while_loading(before: str, inside: str, after: str, depth: int) -> None:
    statement = before.startswith("{%")
    inner = (before * depth if statement else "{{ " + before[3:] * depth) + inside
    text = inner + (after * depth if statement else after[:-3] * depth + " }}")

    try:
        template = compile_template(text, PLACE)
    except ProblemError:
        return  # it is told now, and not when somebody asks for it

    assert isinstance(template, Template)
    assert isinstance(template.compiled, Compiled)
    template.compiled.made()


def test_a_bad_template_of_several_lines_is_a_problem_at_the_line() -> None:
    with pytest.raises(ProblemError) as caught:
        compile_template("one\ntwo {{ }}\n", PLACE, lambda number: Place("a.yaml", number, 1))

    assert caught.value.problem.place.line == 1


@pytest.mark.parametrize(("name", "near"), [("uper", "upper"), ("lenth", "length")])
def test_an_unknown_filter_gets_the_nearest_name(name: str, near: str) -> None:
    with pytest.raises(ProblemError) as caught:
        compile_template(f"{{{{ x | {name} }}}}", PLACE)

    assert caught.value.problem.mend == f"did you mean `{near}`?"
