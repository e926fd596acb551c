"""What a run of the tests of kills and outages takes from its environment: chance, and how long it may be."""

from __future__ import annotations

import os
import random

SEED, LONG = "TOCSIN_TEST_SEED", "TOCSIN_TEST_LONG"


def seeded(usual: int) -> random.Random:
    """Chance whose seed is printed: `usual`, or that of the environment."""
    seed = int(os.environ.get(SEED) or usual)
    print(f"seed {seed}; {SEED} sets it")
    return random.Random(seed)


def is_long() -> bool:
    """Whether kills and outages are to last as long as they may anywhere, and not only as a normal run bears."""
    return bool(os.environ.get(LONG))
