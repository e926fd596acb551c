"""Text at the border and for comparison: cleaning, HTML to text, folding, tokens. PURE."""
