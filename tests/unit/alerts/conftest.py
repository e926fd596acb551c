"""What these tests tell of."""

from golden.facts import facts, message

__all__ = ["facts", "message"]
