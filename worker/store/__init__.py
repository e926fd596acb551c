"""The only SQLAlchemy: tables, migrations, one file per noun. `open_store` is the way in."""

from worker.store.clock import StoreClock
from worker.store.engine import open_store
from worker.store.store import Store

__all__ = ["Store", "StoreClock", "open_store"]
