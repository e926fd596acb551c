"""Regular expressions: RE2 only, whose cost grows with the text and not with what stands in it. PURE.

RE2 has no look-around and no back-references; see https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from worker.errors import QueryError

if TYPE_CHECKING:
    import re2

MAX_SIZE = 1_400
"""Instructions of the compiled program, one for any letter and a few more: a larger one could take RE2 a second."""

_MEMORY = 4 << 20
"""Bytes for RE2's automaton of one expression; past that it goes on more slowly."""

_SAMPLES = ("", "a", " ", "a b")

_INSTEAD = {
    "(?=": "look-ahead is not in RE2: write what follows as part of the expression",
    "(?!": "look-ahead is not in RE2: exclude with - or NOT outside the expression",
    "(?<": "look-behind is not in RE2: write what comes before as part of the expression",
    "\\1": "back-references are not in RE2: write each form, with | between them",
}


def refuse_pattern(text: str, query: str, offset: int, *, exact: bool = False) -> None:
    """Raise QueryError if `text`, which stands at `offset` of `query`, is no expression that may be asked of items."""
    import re2  # noqa: PLC0415 - most processes never need it

    try:
        compiled = compiled_pattern(text, exact=exact)
    except re2.error as error:
        said = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error.args[0])
        reason = next((advice for sign, advice in _INSTEAD.items() if sign in said), None)
        reason = reason or f"RE2 refuses this regular expression: {said}"
        raise QueryError(reason, query, offset, len(text)) from error
    if compiled.programsize > MAX_SIZE:
        raise QueryError("this regular expression is too large: write fewer repetitions", query, offset, len(text))
    if any((found := compiled.search(sample)) is not None and not found[0] for sample in _SAMPLES):
        reason = "this regular expression is met by any text, even where nothing stands: write what must be there"
        raise QueryError(reason, query, offset, len(text))


@lru_cache(maxsize=10_000)
def compiled_pattern(text: str, *, exact: bool) -> re2._Regexp:
    """Compile an expression; raise re2.error if it is wrong."""
    import re2  # noqa: PLC0415 - as above

    return re2.compile(text, options_of(exact=exact))


def options_of(*, exact: bool) -> re2.Options:
    """Return how expressions are read: case does not matter but where it is `exact`."""
    import re2  # noqa: PLC0415 - as above

    options = re2.Options()
    options.case_sensitive = exact
    options.max_mem = _MEMORY
    options.never_capture = True  # nobody asks what a group held, and groups are dear
    options.log_errors = False
    return options
