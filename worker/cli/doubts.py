"""What is allowed in the files, but hardly meant. Pure; only `check` says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.nearest import did_you_mean
from config.values import Mark, Problem
from worker.pipeline.lint import doubts_of_line

if TYPE_CHECKING:
    from config.values import Configuration


def doubts(found: Configuration) -> list[Problem]:
    """Return warnings of lists that nothing can meet or that hardly mean what they say, and of idle subscribers."""
    tags = {tag for feed in found.feeds for tag in feed.tags}
    told = {notify.subscriber for line in found.watch_lists for notify in line.notify}
    nowhere = Mark("-", 1, 1)
    unmet = [
        Problem(
            line.mark or nowhere,
            f"watch list {line.name!r} looks at feeds tagged {tag!r}, and no feed is{did_you_mean(tag, tags)}",
        )
        for line in found.watch_lists
        for tag in line.feed_tags
        if tag not in tags and not found.opml  # whose folders are tags, too
    ]
    idle = [
        Problem(line.mark or nowhere, f"no watch list of the files tells {line.name!r}")
        for line in found.subscribers
        if line.name not in told
    ]
    return unmet + [problem for line in found.watch_lists for problem in doubts_of_line(line)] + idle
