"""Templates in their sandbox: what they may say, and what they may cost."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import pytest

from config.sandbox import SIZE_LIMIT, TemplateFault, compiled, rendered
from config.template_values import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG: Mapping[str, object] = {**SAMPLE, "text": "x" * 3_000, "stories": [SAMPLE["story"]] * 2_000}


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{{ subject }}", SAMPLE["subject"]),
        ("{{ subject|upper|truncate(12) }}", "KYIV,..."),
        ("{{ story['reports'] }} {{ story.independent }}", "3 2"),
        ("{% if coverage %}a{% elif story.link is defined %}b{% else %}c{% endif %}", "b"),
        ("{{ story.nothing|default('-') }}{{ stories[0].kind|d('x', true) }}", "-x"),
        ("{% for one in stories %}{{ loop.index }}: {{ one.headline }}{% else %}none{% endfor %}", "1: Talks around Ukraine over"),
        ("{{ story.snippets|join(', ') }}{{ subject|list|first }}", "Talks around *Ukraine* overK"),
        ("{{ 'a' if story.reports > 2 and not coverage else 'b' }}", "a"),
        ("{% raw %}{{ subject }}{% endraw %}{# a comment #}", "{{ subject }}"),
        ("{{ subject is string }} {{ 'Kyiv' in subject }}", "True True"),
        ("{{ stories|length }}{{ lists|first }}{{ lists|list|reverse|list|last }}", "1KyivKyiv"),
        ("{{ lists }} {{ lists|join('+') }} {{ 'Kyiv' in story.lists }}", "Kyiv, Ukraine Kyiv+Ukraine True"),
    ],
)  # fmt: skip
def test_what_a_template_may_say(template: str, made: str) -> None:
    assert rendered(compiled(template), SAMPLE) == made


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ subject", "line 1: unexpected end of template, expected 'end of print statement'."),
        ("a\n{{ subject|", "line 2: "),
        ("{% nothing %}", "line 1: encountered unknown tag 'nothing'."),
        ("{{ subjekt }}", "unknown name `subjekt`; did you mean `subject`?"),
        ("{{ subject|center(9) }}", "line 1: there is no filter `center`"),
        ("{{ subject|uper }}", "line 1: there is no filter `uper`; did you mean `upper`?"),
        ("{{ subject|format(1) }}", "line 1: there is no filter `format`"),
        ("{{ subject|replace('a', text) }}", "line 1: there is no filter `replace`"),
        ("{{ subject|attr('x') }}", "line 1: there is no filter `attr`"),
        ("{{ subject|map('upper') }}", "line 1: there is no filter `map`"),
        ("{{ subject|watched }}", "line 1: there is no filter `watched`"),
        ("{{ subject is callable }}", "line 1: there is no test `callable`"),
        ("{{ 7 * 7 }}", "line 1: `mul` is not there"),
        ("{{ 9 ** 9 ** 9 }}", "line 1: `pow` is not there"),
        ("{{ '%999999999d' % 1 }}", "line 1: `mod` is not there"),
        ("{{ text + text }}", "line 1: `add` is not there"),
        ("{{ text ~ text }}", "line 1: `~` is not there; write `{{ a }}{{ b }}`"),
        ("{{ text[0:5] }}", "line 1: `slice` is not there"),
        ("{{ [text, text] }}", "line 1: `list` is not there"),
        ("{{ {'a': text} }}", "line 1: `dict` is not there"),
        ("{{ subject.upper() }}", "line 1: nothing can be called; write a filter"),
        ("{{ range(10) }}", "line 1: nothing can be called"),
        ("{{ subject.__class__ }}", "line 1: `__class__` is nothing that may be named"),
        ("{{ _x }}", "line 1: `_x` is nothing that may be named"),
        ("{{ self }}", "line 1: `self` is nothing that may be named"),
        ("{% set a = text %}", "line 1: `set` is not there"),
        ("{% set a %}x{% endset %}", "line 1: `set` is not there"),
        ("{% include 'x' %}", "line 1: `include` is not there"),
        ("{% import 'x' as x %}", "line 1: `import` is not there"),
        ("{% from 'x' import y %}", "line 1: `import` is not there"),
        ("{% extends 'x' %}", "line 1: `extends` is not there"),
        ("{% macro m() %}{% endmacro %}", "line 1: `macro` is not there"),
        ("{% filter upper %}x{% endfilter %}", "line 1: `filterblock` is not there"),
        ("{% with %}x{% endwith %}", "line 1: `with` is not there"),
        ("{% for a in text recursive %}{% endfor %}", "line 1: loops may be nested 3 deep, and not be recursive"),
        ("{% for a in text %}" * 4 + "{% endfor %}" * 4, "line 1: loops may be nested 3 deep"),
        ("{{ " + "(" * 900 + "1" + ")" * 900 + " }}", "it is nested too deep"),
        ("{{ " + "9" * 5_000 + " }}", "it is nested too deep, or holds a number that is too long"),
        ("{{ subject }}" * 2_000, "line 1: the template says too much"),
    ],
)
def test_what_it_may_not(template: str, said: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        compiled(template)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ story.headlin }}", "there is no `headlin` here"),
        ("{{ story.items }}", "there is no `items` here"),
        ("{{ stories[7].headline }}", "there is no `7` here"),
        ("{{ subject.format }}", "there is no `format` here"),
        ("{{ subject['format'] }}", "there is no `format` here"),
        ("{% for one in stories %}{{ loop.cycle }}{% endfor %}", "there is no `cycle` here"),
        ("{{ story.reports|join }}", "it cannot be told: 'int' object is not iterable"),
        ("{% for a in story.reports %}{% endfor %}", "it cannot be told: 'int' object is not iterable"),
        (
            "{% if subject > 5 %}{% endif %}",
            "it cannot be told: '>' not supported between instances of 'str' and 'int'",
        ),
    ],
)
def test_where_it_fails(template: str, said: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        rendered(compiled(template), SAMPLE)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in text %}{% for b in text %}{% for c in text %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in stories %}{% for b in stories %}{% for c in text|list|reverse %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in text %}{% for b in text %}{% if text|title|upper|lower == 'a' %}{% endif %}{% endfor %}{% endfor %}",
    ],
)
def test_it_is_interrupted(template: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateFault, match=r"it takes longer than 0\.2 s"):
        rendered(compiled(template), LONG, seconds=0.2)
    assert time.monotonic() - began < 5


def test_the_clock_is_looked_at_between_filters_too() -> None:
    moments = itertools.count()
    with pytest.raises(TemplateFault, match="takes longer"):
        rendered(compiled("{{ text|upper|lower|upper|lower }}"), LONG, seconds=2, monotonic=lambda: next(moments))


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in stories %}{{ text }}{% endfor %}",
        "{{ text|join(text) }}",
        "{{ text|join(text)|join(text)|length }}",
        "{{ stories|join(text)|length }}",
    ],
)
def test_it_makes_no_more_than_it_may(template: str) -> None:
    with pytest.raises(TemplateFault, match="it makes more than 100,000 characters"):
        rendered(compiled(template), LONG)
    assert SIZE_LIMIT == 100_000
