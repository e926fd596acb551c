"""The engine: everything Tocsin can do, callable from a Python prompt, without Celery."""
