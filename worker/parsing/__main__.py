"""The parser process: reads documents off its standard input and says on its standard output what they say.

`python -m worker.parsing PARENT CPU_SECONDS MEMORY`, started by `worker.parsing.child`; ends with its parent, at the
end of its input, and by itself where it would hold on to much memory.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, BinaryIO

from worker.errors import ParseError, place_of
from worker.feeds.parse import parse
from worker.memory import return_large_blocks
from worker.parsing.crossing import Answer, Question, packed, read_frame, unpacked, write_frame
from worker.parsing.leash import allow_cpu, bound_memory, die_with_parent, lift_cpu, resident
from worker.parsing.limits import LARGE

if TYPE_CHECKING:
    from worker.feeds.model import Document

MUCH = 128 << 20
"""A process that holds so many bytes ends. With everything loaded it holds some 80 MB."""


def main() -> None:
    """Answer questions until there are no more."""
    parent, cpu_seconds, memory = map(int, sys.argv[1:])
    die_with_parent(parent)
    bound_memory(memory)
    return_large_blocks()
    logging.disable(logging.CRITICAL)  # what libraries say of documents is in no need of a reader
    questions, answers = _streams()
    while (data := read_frame(questions)) is not None:
        question, body = unpacked(data), read_frame(questions)
        if not isinstance(question, Question) or body is None:
            raise TypeError("not a question about a document")
        allow_cpu(cpu_seconds)
        answer = answered(question, body)
        reply = packed(answer)
        lift_cpu()
        write_frame(answers, reply)
        if answer.last:
            return


def answered(question: Question, body: bytes) -> Answer:
    """Read the document."""
    try:
        result = _read(question, body)
    except ParseError as error:
        result = error
    except MemoryError:
        return Answer(ParseError("the document takes more memory to read than it may"), last=True)
    except Exception as error:  # noqa: BLE001 - the top of a program: nobody above could tell the worker
        return Answer(ParseError(f"the parser failed: {place_of(error)}"), last=True)
    return Answer(result, last=len(body) > LARGE or resident() > MUCH)


def _read(question: Question, body: bytes) -> Document | str | ParseError:
    if question.kind == "feed":
        return parse(body, content_type=question.content_type, url=question.url, known=question.known)
    from worker.parsing.page import main_text  # noqa: PLC0415 - heavy, and most processes never read a page

    return main_text(body, content_type=question.content_type)


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the two ends; what a library may print goes to standard error, where it harms no frame."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers


if __name__ == "__main__":
    main()
