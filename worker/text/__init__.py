"""Text at the border and for comparison: cleaning, HTML to text, folding, tokens. PURE."""

from worker.text.tokens import Tokens, fold, tokenize

__all__ = ["Tokens", "fold", "tokenize"]
