"""The newswire's own configuration: four small files that name its port."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("feeds.yaml", "watchlists.yaml", "subscribers.yaml", "settings.yaml")


def write_demo_configuration(folder: Path, *, port: int) -> None:
    """Write feeds.yaml, watchlists.yaml, subscribers.yaml and settings.yaml for a newswire on `port` into `folder`.

    The folder is made where it is missing; files of these names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        template = files(__package__).joinpath("config", name).read_text(encoding="utf-8")
        (folder / name).write_text(template.replace("127.0.0.1:PORT", f"127.0.0.1:{port}"), encoding="utf-8")
