"""What a feed says. PURE: bytes in, frozen values out; no clock, no network, no database."""
