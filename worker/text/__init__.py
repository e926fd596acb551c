"""Text at the border and for comparison: cleaning, HTML to text, folding, tokens. PURE."""

from worker.text.clean import clean, lines, one_line
from worker.text.markup import plain_to_text, to_text
from worker.text.tokens import Tokens, fold, tokenize

__all__ = ["Tokens", "clean", "fold", "lines", "one_line", "plain_to_text", "to_text", "tokenize"]
