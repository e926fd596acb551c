"""Pages of the guards before web sites, which ask a browser to prove that a human sits before it. PURE."""

from __future__ import annotations

LOOKED_AT = 64 * 1024
"""So many bytes of a page are searched."""

_GUARDS: tuple[tuple[bytes, ...], ...] = (
    # Cloudflare
    (b"<title>just a moment",),
    (b"cf-chl",),
    (b"cf_chl",),
    (b"challenge-platform",),
    (b"challenges.cloudflare.com",),
    (b"attention required! | cloudflare",),
    (b"cf-browser-verification",),
    (b"checking your browser before",),
    (b"ddos protection by",),
    # DDoS-Guard
    (b"ddos-guard",),
    # Imperva
    (b"_incapsula_resource",),
    (b"incapsula incident id",),
    (b"pardon our interruption",),
    # Akamai, which writes some signs as references
    (b"access denied", b"reference #"),
    (b"access denied", b"reference&#32;&#35;"),
    # DataDome
    (b"captcha-delivery.com",),
    (b"datadome",),
    # PerimeterX, now HUMAN
    (b"px-captcha",),
    (b"_pxappid",),
    # Sucuri
    (b"sucuri website firewall",),
    (b"sucuri_cloudproxy_js",),
    # AWS WAF
    (b"awswafcookiedomainlist",),
    (b"awswaf.com",),
    # Anubis; the sign between the two words is written in several ways
    (b"anubis_challenge",),
    (b"making sure you", b"re not a bot"),
    # Widgets that some guards put into pages of their own
    (b"g-recaptcha",),
    (b"www.google.com/recaptcha",),
    (b"h-captcha",),
    (b"hcaptcha.com",),
)
"""What stands on such a page, all of a line together, in lower case."""


def is_challenge(body: bytes) -> bool:
    """Whether an error page is a challenge, by what stands in its first 64 KB, whatever the case of its letters."""
    page = body[:LOOKED_AT].lower()
    return any(all(sign in page for sign in signs) for signs in _GUARDS)
