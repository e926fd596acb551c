"""The only room that imports Celery: the timetable."""
