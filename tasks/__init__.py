"""The only room that imports Celery: the timetable, read from top to bottom."""

from tasks.app import app

__all__ = ["app"]
