"""Whether an Apprise URL is one that messages may go to."""

from __future__ import annotations

import importlib
import logging
import re
from typing import Any, Final
from urllib.parse import parse_qsl

from config.apprise_services import SERVICES, service_of
from config.nearest import did_you_mean
from config.refusing import refuse

_ELSEWHERE: Final = {
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms", "http", "https"), "write `webhook: https://...`"),
    **dict.fromkeys(
        ("mailto", "mailtos", "smtp", "smtps", "sendgrid", "mailgun", "ses", "sparkpost", "smtp2go", "resend"),
        "write `email: ADDRESS`; the mail server stands in smtp_url",
    ),
    **dict.fromkeys(
        ("syslog", "rsyslog", "file", "exec", "shell", "dbus", "qt", "kde", "glib", "gnome", "windows", "macosx"),
        "this acts on the machine, and tells nobody; `log: true` writes into the log",
    ),
    "msteams": "Microsoft has ended these; make a workflow in Teams and write `workflows://...`",
    "pushbullet": "write `pbul://...`",
    "telegram": "write `tgram://...`",
    "pushover": "write `pover://...`",
    "rocketchat": "write `rockets://...`",
}

_PARAMETERS: Final = {
    "template": "the words stand in the channel's own `template`",
    "attach": "messages carry no files",
    "format": "which form a service reads is known",
    "overflow": "messages are made to fit",
    "redirect": "redirects are never followed",
    "verify": "certificates are always checked",
    "rto": "deadlines are our own",
    "cto": "deadlines are our own",
    "retry": "`retry_schedule` says when to try again",
    "wait": "`retry_schedule` says when to try again",
    "optional": "what fails is tried again",
    "store": "nothing is kept between messages",
    "tz": "the subscriber's `timezone` holds",
    "emojis": "headlines stay as they are",
    "file": "messages carry no files",
    "e2ee": "Tocsin has no keys of its own",
    "include_image": "messages carry no pictures",
}
"""Options of Apprise that are refused, each with the reason."""

_FORM: Final = "write an Apprise URL, like `ntfy://ntfy.sh/TOPIC`"

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def apprise_url(url: str) -> str:
    """Check a URL, with Apprise's own reading of it; raise what `config.explain` shows."""
    found = _SCHEME.match(url)
    if found is None:
        refuse(_FORM)
    scheme = found[1].lower()
    if scheme not in SERVICES:
        advice = _ELSEWHERE.get(scheme) or f"no service that messages go to{did_you_mean(scheme, SERVICES)}"
        refuse(f"`{scheme}://`: {advice}; by Apprise go {', '.join(SERVICES)}")
    if not url[found.end() :].strip("/"):
        refuse(_FORM)
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        refuse("an Apprise URL holds no spaces; write %20 for one")
    for key, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True):
        reason = _PARAMETERS.get(key.lower())
        if reason is not None:
            refuse(f"take `{key}=` out of the Apprise URL: {reason}")
    plugin = plugin_of(url)
    if plugin is None or not len(plugin):
        refuse(f"Apprise cannot read this; see https://appriseit.com/services/ for how a {scheme} URL is written")
    if len(plugin) > 1:
        refuse("this leads to several places; write one channel for each, so that each is tried again by itself")
    return url


def plugin_of(url: str) -> Any | None:  # noqa: ANN401 - a plugin of Apprise, which is loaded only where one is wanted
    """Make the plugin for a URL of SERVICES; None where Apprise cannot read it. Nothing is sent, and nothing stored."""
    service = service_of(url)
    # Its own words may quote the URL, and so do its plugins' when they send.
    logging.getLogger("apprise").disabled = True
    from apprise import AppriseAsset  # noqa: PLC0415 - a fifth of a second
    from apprise.exception import AppriseException  # noqa: PLC0415

    maker = getattr(importlib.import_module(f"apprise.plugins.{service.module}"), service.plugin)
    asset = AppriseAsset(
        plugin_paths=[],
        storage_mode="memory",
        app_id="Tocsin",
        app_desc="Tocsin",
        app_url="",
        image_url_mask="",
        image_url_logo="",
    )
    try:
        parts = maker.parse_url(url)
        return maker(**parts, **service.settings, asset=asset) if parts else None
    except (AppriseException, TypeError, ValueError, KeyError, AttributeError, IndexError):
        return None
