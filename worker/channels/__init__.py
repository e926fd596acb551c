"""One short file per way to reach a person."""
