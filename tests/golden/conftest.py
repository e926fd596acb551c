from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from golden.newsroom import migrated

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("template"))
