"""One format for all loggers, whoever they belong to."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from config.logging import QUIET, configure, wants_json

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines() -> None:
    stream = io.StringIO()
    configure("INFO", stream=stream, json=True)
    structlog.get_logger("worker.fetch").info("polled", url="https://u:p@x/?q=1", items=3)
    logging.getLogger("somebody").warning("token=%s", "abc")
    ours, theirs = lines(stream)
    assert ours.pop("timestamp").endswith("Z")
    assert ours == {
        "event": "polled",
        "url": "https://***@x/?***",
        "items": 3,
        "logger": "worker.fetch",
        "level": "info",
    }
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("token=***", "somebody", "warning")


@pytest.mark.parametrize("as_json", [True, False])
def test_exceptions_are_cleaned_too(as_json: bool) -> None:
    stream = io.StringIO()
    configure("INFO", stream=stream, json=as_json)
    for log in (structlog.get_logger("worker"), logging.getLogger("somebody")):
        try:
            raise ValueError("redis://:hunter2@h refused")  # noqa: TRY301 - to have a traceback
        except ValueError:
            log.exception("broken")
    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("redis://***@h refused") >= 2


def test_text_for_people() -> None:
    stream = io.StringIO()
    configure("INFO", stream=stream, json=False)
    structlog.get_logger("worker.fetch").info("polled %s", "twice", title="a\nb\x1b[31m")
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(r"[info] polled twice [worker.fetch] title=a\nb\x1b[31m")


def test_colours_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    configure("INFO", stream=stream, json=False)
    structlog.get_logger("worker").info("polled")
    assert "\x1b[" in stream.getvalue()


def test_levels() -> None:
    stream = io.StringIO()
    configure("INFO", stream=stream, json=True)
    structlog.get_logger("worker").debug("no")
    for name in QUIET:
        logging.getLogger(name).info("GET https://x/?key=1")
        logging.getLogger(f"{name}.below").info("no")
    assert stream.getvalue() == ""
    with pytest.raises(ValueError, match="NOISE"):
        configure("NOISE", stream=stream, json=True)


def test_called_again_it_replaces_its_own_handler_only() -> None:
    foreign = logging.NullHandler()
    logging.getLogger().addHandler(foreign)
    first, second = io.StringIO(), io.StringIO()
    configure("INFO", stream=first, json=True)
    log = structlog.get_logger("worker")
    log.info("one")
    configure(logging.DEBUG, stream=second, json=True)
    log.debug("two")
    assert [line["event"] for line in lines(first)] == ["one"]
    assert [line["event"] for line in lines(second)] == ["two"]
    assert foreign in logging.getLogger().handlers


def test_context_is_shown() -> None:
    stream = io.StringIO()
    configure("INFO", stream=stream, json=True)
    with structlog.contextvars.bound_contextvars(batch=7):
        logging.getLogger("somebody").info("polled")
    assert lines(stream)[0]["batch"] == 7


def test_a_broker_complaint_is_said_once() -> None:
    stream = io.StringIO()
    complaints = configure("INFO", stream=stream, json=True)
    for _ in range(3):
        logging.getLogger("celery.beat").error("beat: Connection error: %s", "redis://:p@h")
    assert len(lines(stream)) == 1
    assert complaints.broker_answered()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, False), ({"TOCSIN_LOG": "JSON "}, True), ({"TOCSIN_LOG": "text"}, False)],
)
def test_wants_json(environ: dict[str, str], expected: bool) -> None:
    assert wants_json(environ) is expected
