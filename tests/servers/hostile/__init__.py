"""A server that does everything a publisher's server may do wrong, or an attacker's on purpose; one family a file."""
