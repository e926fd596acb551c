"""YAML with positions, within bounds."""

from __future__ import annotations

import pytest
import yaml

from config.composing import QUICK, compose
from config.marks import MAX_NODES, read_marked
from config.values import Mark


def said(text: str) -> list[str]:
    return [f"{p.mark.line}:{p.mark.column}: {p.message}" for p in read_marked(text, "f", environ={}).problems]


def test_data_and_places() -> None:
    found = read_marked("a:\n  - x: 1\n    y: 'two'\n", "f", environ={})
    assert found.data == {"a": [{"x": 1, "y": "two"}]}
    place = found.places[("a", 0, "y")]
    assert (place.mark, place.text_mark, place.key_mark) == (Mark("f", 3, 8), Mark("f", 3, 9), Mark("f", 3, 5))
    assert (place.written, found.places[("a", 0)].written) == ("two", None)


def test_scalars() -> None:
    text = "[yes, 1, 1.5, ~, 22:00, 2022-02-24, '5', =, 0x10, .inf, !!str 5]"
    assert read_marked(text, "f", environ=None).data == [
        True, 1, 1.5, None, "22:00", "2022-02-24", "5", "=", 16, float("inf"), "5",
    ]  # fmt: skip


def test_merge_keys() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n"
    found = read_marked(text, "f", environ={})
    assert found.data == {"a": {"x": 1, "y": 1}, "b": {"y": 2, "z": 2}, "c": {"x": 3, "y": 1, "z": 2}}
    assert found.places[("c", "z")].mark == Mark("f", 2, 17)


def test_a_key_without_a_value_is_absent() -> None:
    found = read_marked("a:\nb: null\nc: ''\nd: []\n", "f", environ={})
    assert found.data == {"b": None, "c": "", "d": []}


def test_references_are_filled_in_texts_only_and_after_parsing() -> None:
    found = read_marked("${A}: '${A}-$${A}-${'\n'b': 5\n", "f", environ={"A": "x: [1, 2"})
    assert found.data == {"${A}": "x: [1, 2-${A}-${", "b": 5}
    assert not found.problems
    assert not found.flawed


def test_a_missing_reference_flaws_its_text() -> None:
    found = read_marked("[ok, '${NO}']", "f", environ={})
    assert (found.data, found.flawed, found.readable) == (["ok", "${NO}"], frozenset({(1,)}), True)


NO_TAG = "this is not YAML: tags that begin with ! are not used here; put text that begins with ! in quotes"
TOO_DEEP = (
    "this is not YAML: this is nested too deep, or an alias holds itself; lists and mappings go 50 levels deep at most"
)
TOO_MANY = "this is not YAML: with its aliases followed this holds more than 200,000 values"
NO_NUMBER = "this is not YAML: this number cannot be read; put it in quotes if it is text"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !!python/object/apply:os.system [x]", [f"1:4: {NO_TAG}"]),
        ("a: !mine x", [f"1:4: {NO_TAG}"]),
        ("a: !mine {x: 1}", [f"1:4: {NO_TAG}"]),
        ("a: !!int x", [f"1:4: {NO_NUMBER}"]),
        ("a: !!bool maybe", [f"1:4: {NO_NUMBER}"]),
        (f"a: {'9' * 5000}", [f"1:4: {NO_NUMBER}"]),
        ("a: &a [*a]", [f"1:4: {TOO_DEEP}"]),
        ("[" * 100_000, [f"1:51: {TOO_DEEP}"]),
        ("a: 1\nb: 2\na: 3\n", ["3:1: `a` stands here already, in line 1; keep one of them"]),
        ("yes: 1\n? [a]\n: 2\n", ["1:1: a key is a text; put it in quotes", "2:3: a key is a text; put it in quotes"]),
        ("<<: 1", ["1:5: `<<` takes an alias of a mapping, like `<<: *defaults`"]),
        ("a: \x01", ["1:4: this character cannot stand in YAML; remove it"]),
        ("a: 1\n---\nb: 2\n", ["2:1: this is not YAML: a file holds one document; remove the line ---"]),
        ("a: 'x", ["1:6: this is not YAML: a quote is opened and never closed"]),
        ("%BAD\n", ["2:1: this is not YAML: check quotes, brackets and indentation"]),
    ],
)
def test_what_is_wrong(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.unmeasured
def test_laughs_are_bounded() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 1000)}]\n" for n in range(1, 6))
    text = "a0: &a0 x\n" + levels
    assert [line.partition(": ")[2] for line in said(text)] == [TOO_MANY]
    assert MAX_NODES == 200_000


@pytest.mark.unmeasured
def test_empty_laughs_by_merging_are_bounded() -> None:
    levels = "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 1000)}]\n" for n in range(1, 6))
    assert [line.partition(": ")[2] for line in said("a0: &a0 {}\n" + levels)] == [TOO_MANY]


PARSERS = pytest.mark.parametrize("quick", [QUICK, None], ids=["libyaml", "python"])

SAMPLE = """\
# é and 😀 stand before
watch_lists:
  - &first {name: Київ, keywords: [a, "b\\u00e9", 'it''s']}
  - <<: *first
    query: |
      "military buildup"
        AND ukraine
    exclude: >-
      two
      lines
  - !!str 5
  - [yes, ~, 1.5, "", {}]
"""


def flat(node: yaml.Node) -> object:
    start = (node.start_mark.index, node.start_mark.line, node.start_mark.column)
    if isinstance(node, yaml.ScalarNode):
        return (*start, node.tag, node.style, node.value)
    if isinstance(node, yaml.MappingNode):
        return (*start, node.tag, [(flat(key), flat(value)) for key, value in node.value])
    return (*start, node.tag, [flat(part) for part in node.value])


def test_libyaml_is_used_here() -> None:
    assert QUICK is not None


def test_both_parsers_make_the_same_of_a_text() -> None:
    quick, slow = compose(SAMPLE), compose(SAMPLE, quick=None)
    assert quick is not None
    assert slow is not None
    assert flat(quick) == flat(slow)


@PARSERS
@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("a: 'x", "found unexpected end of stream", (0, 5)),
        ("a:\n\tb: 1", "found character '\\t' that cannot start any token", (1, 0)),
        ("a: wa\n\tb", "found character '\\t' that cannot start any token", (1, 0)),
        ("a: [1\nb: 2\n", "expected ',' or ']', but got ':'", (1, 1)),
        ('q: "a b" AND c\n', "expected <block end>, but found '<scalar>'", (0, 9)),
        ("a: *b\n", "found undefined alias 'b'", (0, 3)),
        ("a: &b 1\nc: &b 2\n", "second occurrence", (1, 3)),
        ("a: 1\n---\nb: 2\n", "but found another document", (1, 0)),
        ("a: b: c\n", "mapping values are not allowed here", (0, 4)),
        ("[" * 100_000, "too deep", (0, 50)),
        ("- " * 100_000, "too deep", (0, 100)),
    ],
)
def test_what_a_text_is_refused_for_does_not_hang_on_the_parser(
    quick: type | None, text: str, reason: str, place: tuple[int, int]
) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        compose(text, quick=quick)
    assert caught.value.problem == reason
    mark = caught.value.problem_mark
    assert mark is not None
    assert (mark.line, mark.column) == place


@PARSERS
@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n...\n"])
def test_an_empty_text_is_nothing(quick: type | None, text: str) -> None:
    root = compose(text, quick=quick)
    assert root is None or root.value == ""


def test_what_the_environment_holds_may_be_no_text() -> None:
    assert read_marked("\udcff", "$X", environ=None).problems[0].message == (
        "this character cannot stand in YAML; remove it"
    )


def test_places_are_a_mapping() -> None:
    places = read_marked("a: [x]\n", "f", environ={}).places
    assert list(places) == [(), ("a",), ("a", 0)]
    assert (len(places), ("b",) in places) == (3, False)
