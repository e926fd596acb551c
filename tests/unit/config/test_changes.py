from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.changes import FolderWatch

if TYPE_CHECKING:
    from pathlib import Path


class Looks:
    """A watch of a folder; counts what it calls, and names these files to it."""

    def __init__(self, folder: Path, *named: Path) -> None:
        self.watch = FolderWatch(folder)
        self.named = [str(path) for path in named]
        self.calls = 0

    def act(self) -> list[str]:
        self.calls += 1
        return self.named

    def __call__(self) -> bool:
        """Look once; say whether anything was called."""
        before = self.calls
        self.watch.if_changed(self.act)
        return self.calls > before

    def settle(self) -> None:
        while self():
            assert self.calls < 5


def test_a_file_that_is_written_made_or_removed_is_noticed_once(tmp_path: Path) -> None:
    look = Looks(tmp_path)
    assert [look(), look()] == [True, False]
    file = tmp_path / "feeds.yaml"
    for change in (lambda: file.write_text("a"), lambda: file.write_text("bb"), file.unlink):
        change()
        assert [look(), look()] == [True, False]
    (tmp_path / "notes.txt").write_text("a")
    assert not look()


def test_a_file_that_they_name_is_watched_too(tmp_path: Path) -> None:
    file = tmp_path / "lists" / "ours.opml"
    look = Looks(tmp_path, file)
    look.settle()
    file.parent.mkdir()
    for change in (lambda: file.write_text("a"), lambda: file.write_text("bb"), file.unlink):
        change()
        assert [look(), look()] == [True, False]


def test_what_changes_while_it_is_read_for_the_first_time_is_not_missed(tmp_path: Path) -> None:
    file = tmp_path / "ours.opml"
    file.write_text("a")
    look = Looks(tmp_path, file)
    assert [look(), look(), look()] == [True, True, False]
    look.named = []
    (tmp_path / "feeds.yaml").write_text("a")
    look.settle()
    file.write_text("bb")
    assert not look()


def test_what_fails_is_tried_again(tmp_path: Path) -> None:
    watch = FolderWatch(tmp_path)

    def fail() -> list[str]:
        raise OSError

    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011 - the one above
            watch.if_changed(fail)
