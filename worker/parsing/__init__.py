"""A process beside the worker that reads what may be costly to read, under a limit of CPU time (RELIABILITY 25)."""
