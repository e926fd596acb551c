"""What the readers of the configuration say when something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.values import Problem


class ConfigurationError(Exception):
    """The files or the environment are wrong; `problems` lists every place, in file and line order.

    This package imports nothing of ours, so the error is no TocsinError: whoever reads the configuration wraps it.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        # The same anchor may be read at several aliases; it is wrong only once.
        self.problems = tuple(sorted(set(problems), key=lambda p: (p.mark.file, p.mark.line, p.mark.column, p.message)))
        count = len(self.problems)
        heading = f"the configuration has {count} problem{'s' if count > 1 else ''}:"
        super().__init__("\n".join([heading, *map(str, self.problems)]))
