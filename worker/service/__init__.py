"""The process tree of `up` and the embedded broker."""
