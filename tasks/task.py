"""What all tasks share."""

from __future__ import annotations

from celery import Task


class EnduringTask(Task):  # type: ignore[misc]  # Celery has no types
    """A task that gives up quietly while the database is away: the tick finds its work again."""

    abstract = True

    def __call__(self, *args: object, **kwargs: object) -> None:
        """Run, here or in a worker. Nothing comes back: no task has a result."""
        from tasks.runtime import database  # noqa: PLC0415 - the runtime imports the app, which names this class

        with database.endured():
            super().__call__(*args, **kwargs)
