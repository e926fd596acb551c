"""What to write where a text is no YAML: PyYAML's reasons, said in the words of somebody editing a file.

The reasons may quote what stands in the text, which may be a secret; the sentences here never do.
"""

from __future__ import annotations

_HINTS = (
    (r"'\t'", "indent with spaces; YAML takes no tab here"),
    ("mapping values are not allowed", 'put text with ": " in quotes; or the indentation is off'),
    (
        "expected <block end>, but found '<scalar>'",
        "put the whole text in quotes; for a query with quotes: query: '\"military buildup\" AND ukraine'",
    ),
    ("expected <block end>", "the indentation is off: lines of one list or mapping begin in the same column"),
    ("undefined alias", "put text that begins with * in quotes"),
    ("alphabetic or numeric character", "put text that begins with * or & in quotes"),
    ("cannot start any token", "put text that begins with this character in quotes"),
    ("expected ',' or ']'", "close the list with ]; inside [ ] text with { } or , or ${NAME} stands in quotes"),
    ("expected ',' or '}'", "close the mapping with }; inside { } text with { } or , or ${NAME} stands in quotes"),
    ("found unexpected end of stream", "a quote is opened and never closed"),
    ("found unexpected document separator", "a quote is opened and never closed"),
    ("unknown escape character", "write \\\\ for a backslash, or use single quotes"),
    ("another document", "a file holds one document; remove the line ---"),
    ("could not find expected ':'", "write `key: value`"),
    ("too deep", "this is nested too deep, or an alias holds itself; lists and mappings go 50 levels deep at most"),
    ("too many", "with its aliases followed this holds more than 200,000 values"),
    ("no such number", "this number cannot be read; put it in quotes if it is text"),
    ("tag", "tags that begin with ! are not used here; put text that begins with ! in quotes"),
)


def hint(reason: str) -> str:
    """A sentence for PyYAML's `reason`."""
    found = next((sentence for part, sentence in _HINTS if part in reason), None)
    return f"this is not YAML: {found}" if found else "this is not YAML: check quotes, brackets and indentation"
