"""How we introduce ourselves."""

from __future__ import annotations


def user_agent(version: str, contact_url: str) -> str:
    """`Tocsin/VERSION (+contact_url)`, in printable ASCII: the address is the operator's own words."""
    named = f"Tocsin/{version} (+{contact_url})"
    return "".join(letter if " " <= letter <= "~" else "?" for letter in named)
