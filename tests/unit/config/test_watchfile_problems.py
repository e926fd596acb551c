"""Each mistake in a file, with its exact place and what to write instead."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

import pytest

from config.values import Mark, Problem
from config.watchfile import ConfigurationError, load_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from config.values import WatchListLine

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
ENVIRON = {"HOOK": "https://hooks.example/secret-path", "BAD_HOOK": "hunter2 hunter2", "EMPTY": ""}

DESK = "subscribers:\n  - name: desk\n    channels: [{log: true}]\n  - name: newsroom\n    channels: [{log: true}]\n"
LIST = "watch_lists:\n  - name: Ukraine\n    keywords: [Ukraine]\n    notify: [{subscriber: desk}]\n"


def problems(folder: Path, **files: str) -> list[str]:
    for name, text in ({"subscribers": DESK} | files).items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(folder, ENVIRON)
    assert "hunter2" not in str(caught.value)
    return [f"{p.mark.line}:{p.mark.column}: {p.message}" for p in caught.value.problems]


NO_DURATION = "is no duration; write a whole number and its unit, like 30s, 5m, 24h or 90d (3650d at most)"
ONE_LINE = "this must be one line of text, without tabs or control characters"

FEEDS: list[tuple[str, list[str]]] = [
    ("feeds: 5\n", ["1:8: `feeds` is a list; begin each entry with `- `"]),
    ("- url: https://x/\n", ["1:1: begin the file with `feeds:` and indent what follows under it"]),
    ("feeds:\nwatchlists: []\n", ["2:1: unknown key `watchlists`; there are feeds"]),
    ("feds: []\n", ["1:1: unknown key `feds`; did you mean `feeds`?"]),
    ("feeds:\n  - https://x/\n", ["2:5: write lines of `key: value` here, like `url: https://...`"]),
    ("feeds:\n  -\n", ["2:4: `feeds` holds nothing; write something or remove it"]),
    ("feeds:\n  - name: x\n", ["2:5: `url` is missing; write the feed's address: `url: https://...`"]),
    ("feeds:\n  - url:\n", ["2:9: `url` is missing; write the feed's address: `url: https://...`"]),
    ("feeds:\n  - url: null\n", ["2:10: `url` holds nothing; write something or remove it"]),
    ("feeds:\n  - url: [a]\n", ["2:10: `url` takes one text here, no list and no mapping"]),
    ("feeds:\n  - url: 5\n", ["2:10: this is a number to YAML, and a text belongs here; put it in quotes"]),
    ("feeds:\n  - url: ''\n", ["2:10: this is empty; write something or remove the line"]),
    ("feeds:\n  - url: ftp://x/\n", ["2:10: write the whole address, beginning with https:// or http://"]),
    ("feeds:\n  - url: x.org/feed\n", ["2:10: write the whole address, beginning with https:// or http://"]),
    ("feeds:\n  - url: https:///feed\n", ["2:10: this address names no host"]),
    ("feeds:\n  - url: http://[::1\n", ["2:10: this address cannot be read; check its host, port and brackets"]),
    ("feeds:\n  - url: http://x:99999/\n", ["2:10: this address cannot be read; check its host, port and brackets"]),
    (
        "feeds:\n  - url: 'https://x/a b'\n",
        ["2:10: an address holds no spaces and no backslashes; write %20 for a space"],
    ),
    ('feeds:\n  - url: "https://x/\\r\\nHost: y"\n', [f"2:10: {ONE_LINE}"]),
    (
        "feeds:\n  - url: https://x/\n    name: yes\n",
        ['3:11: `yes` is true or false to YAML, and a text belongs here; write "yes" in quotes'],
    ),
    (
        "feeds:\n  - url: https://x/\n    name: 007\n",
        ['3:11: `007` is a number to YAML, and a text belongs here; write "007" in quotes'],
    ),
    ('feeds:\n  - url: https://x/\n    name: "a\\nb"\n', [f"3:11: {ONE_LINE}"]),
    (
        f"feeds:\n  - url: https://x/\n    name: {'n' * 201}\n",
        ["3:11: `name`: string should have at most 200 characters"],
    ),
    ("feeds:\n  - url: https://x/\n    tags: world\n", ["3:11: `tags` is a list; write `tags: [world]`"]),
    ("feeds:\n  - url: https://x/\n    tags: {a: b}\n", ["3:11: `tags` is a list; write `tags: [...]`"]),
    (
        "feeds:\n  - url: https://x/\n    tags: [a, 5.5]\n",
        ['3:15: `5.5` is a number to YAML, and a text belongs here; write "5.5" in quotes'],
    ),
    ("feeds:\n  - url: https://x/\n    evry: 5m\n", ["3:5: unknown key `evry`; did you mean `every`?"]),
    ("feeds:\n  - url: https://x/\n    every: 5 minutes\n", [f"3:12: `5 minutes` {NO_DURATION}"]),
    ("feeds:\n  - url: https://x/\n    every: 300\n", [f"3:12: `300` {NO_DURATION}"]),
    ("feeds:\n  - url: https://x/\n    every: 999999d\n", [f"3:12: `999999d` {NO_DURATION}"]),
    ("feeds:\n  - url: https://x/\n    every: 0s\n", ["3:12: `0s` is too short; 1s is the least"]),
    (f"feeds:\n  - url: https://x/\n    every: {'x' * 70}\n", [f"3:12: `{'x' * 60}...` {NO_DURATION}"]),
    (
        "feeds:\n  - url: https://x/\n    full_text: 'true'\n    ignore_hints: 0\n",
        [
            "3:16: `full_text` is either true or false, without quotes",
            "4:19: `ignore_hints` is either true or false, without quotes",
        ],
    ),
    (
        "feeds:\n  - opml: https://x/\n    url: https://y/\n",
        ["3:5: an entry has either `url` or `opml`, not both"],
    ),
    (
        "feeds:\n  - opml: ours.opml\n    every: 5m\n    tgas: [a]\n",
        [
            "3:5: beside `opml` only `tags` may stand, for it holds for all feeds of the list, and not `every`",
            "4:5: unknown key `tgas`; did you mean `tags`?",
        ],
    ),
    (
        "feeds:\n  - opml: ftp://hunter2@x/\n  - opml: https:x\n  - opml: [a]\n  - opml: ' '\n",
        [
            "2:11: write the whole address, beginning with https:// or http://",
            "3:11: write an address that begins with https:// or http://, or a path",
            "4:11: `opml` takes one text here, no list and no mapping",
            "5:11: this is empty; write something or remove the line",
        ],
    ),
    (
        "feeds:\n  - opml: https://x.org/list\n  - opml: HTTPS://X.org:443/list\n",
        ["3:11: this stands already in line 2; keep one of them"],
    ),
    (
        "feeds:\n  - opml: nofile.opml\n  - opml: ./nofile.opml\n  - opml: lists/../nofile.opml\n",
        [
            "3:11: this stands already in line 2; keep one of them",
            "4:11: this stands already in line 2; keep one of them",
        ],
    ),
    (
        "feeds:\n  - url: https://x.org/\n  - url: HTTPS://X.org:443/#top\n",
        ["3:10: this stands already in line 2; keep one of them"],
    ),
    (
        "feeds:\n  - url: http://[::1\n  - url: http://[::1\n",
        [
            "2:10: this address cannot be read; check its host, port and brackets",
            "3:10: this address cannot be read; check its host, port and brackets",
            "3:10: this stands already in line 2; keep one of them",
        ],
    ),
    (
        "feeds:\n  - {url: https://x/, name: A}\n  - {url: https://y/, name: ' A'}\n",
        ["3:29: `A` stands already in line 2; keep one of them"],
    ),
    (
        "feeds:\n  - url: ftp://a/\n  - url: https://good/\n  - url: gopher://b/\n",
        [
            "2:10: write the whole address, beginning with https:// or http://",
            "4:10: write the whole address, beginning with https:// or http://",
        ],
    ),
    (
        "feeds:\n  - url: https://x/\n    url: https://y/\n",
        ["3:5: `url` stands here already, in line 2; keep one of them"],
    ),
    (
        "feeds:\n  - url: ${NOWHERE}\n    name: ${ALSO NOT}\n",
        [
            "2:10: the environment has no `NOWHERE`: set it, as `export NOWHERE=...`, before starting",
            "3:11: `${...}` holds the name of an environment variable and nothing else; a plain `${` is `$${`",
        ],
    ),
    ("feeds:\n  - url: ${BAD_HOOK}\n", ["2:10: an address holds no spaces and no backslashes; write %20 for a space"]),
    ("feeds:\n  - url: https://x/\n    every: ${BAD_HOOK}\n", [f"3:12: `${{BAD_HOOK}}` {NO_DURATION}"]),
]


@pytest.mark.parametrize(("text", "expected"), FEEDS)
def test_feeds(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert problems(tmp_path, feeds=text) == expected


NOT_SUBSCRIBERS = "there are desk, newsroom"
NEEDS_WORDS = "a list needs `keywords: [...]` or `query: ...`"
HEAD = "watch_lists:\n  - name: A\n    keywords: [a]\n"
TOLD = "    notify: [{subscriber: desk}]\n"

LISTS: list[tuple[str, list[str]]] = [
    (
        "watch_lists:\n  - keywords: [a]\n" + TOLD,
        ["2:5: `name` is missing; write `name: ...`"],
    ),
    (HEAD, ["2:5: `notify` is missing; say who hears of it: `notify: [{subscriber: NAME}]`"]),
    (HEAD + "    notify: []\n", ["4:13: `notify` is empty; say who hears of it: `notify: [{subscriber: NAME}]`"]),
    (
        HEAD + "    notify: desk\n",
        ["4:13: `notify` is a list; begin each entry in a line of its own with a dash, like `- subscriber: NAME`"],
    ),
    (HEAD + "    notify: [desk]\n", ["4:14: write lines of `key: value` here, like `subscriber: NAME`"]),
    (
        HEAD + "    notify: [{at_most: none}]\n",
        ["4:14: `subscriber` is missing; write `subscriber: NAME`, a name of subscribers.yaml"],
    ),
    (
        HEAD + "    notify: [{subscriber: dsk}]\n",
        ["4:27: unknown subscriber `dsk`; did you mean `desk`?"],
    ),
    (
        HEAD + "    notify: [{subscriber: zzzz}]\n",
        [f"4:27: unknown subscriber `zzzz`; {NOT_SUBSCRIBERS}"],
    ),
    (
        HEAD + '    notify: [{subscriber: "${BAD_HOOK}"}]\n',
        [f"4:27: unknown subscriber `${{BAD_HOOK}}`; {NOT_SUBSCRIBERS}"],
    ),
    (
        HEAD + '    notify: [{subscriber: "${NOBODY}"}]\n',
        ["4:27: the environment has no `NOBODY`: set it, as `export NOBODY=...`, before starting"],
    ),
    (
        HEAD + "    notify: [{subscriber: 5}]\n",
        ['4:27: `5` is a number to YAML, and a text belongs here; write "5" in quotes'],
    ),
    (
        HEAD + "    notify:\n      - subscriber: desk\n      - subscriber: desk\n",
        ["6:21: `desk` hears of this list already; keep one of the lines"],
    ),
    (
        HEAD + "    notify: [{subscriber: desk, wen: daily}]\n",
        ["4:33: unknown key `wen`; did you mean `when`?"],
    ),
    (
        HEAD + "    notify: [{subscriber: desk, when: sometimes, break_through: 0}]\n",
        [
            "4:39: `sometimes`: write `immediately`, `hourly`, `daily at 08:00` or `weekly on monday at 08:00`",
            "4:65: `break_through`: input should be greater than or equal to 1",
        ],
    ),
    *(
        (HEAD + f"    notify: [{{subscriber: desk, at_most: {written}}}]\n", [f"4:42: {message}"])
        for written, message in (
            ("30", "write `30 per hour`, or `none` for no limit"),
            ("yes", "write `30 per hour`, or `none` for no limit"),
            ("null", "write `30 per hour`, or `none` for no limit"),
            ("30 per day", "`30 per day`: limits are per hour only; write `30 per hour`"),
            ("0 per hour", "write `30 per hour` (1 at least), or `none` for no limit"),
            ("lots", "write `30 per hour` (1 at least), or `none` for no limit"),
        )
    ),
    ("watch_lists:\n  - name: A\n" + TOLD, [f"2:5: {NEEDS_WORDS}"]),
    ("watch_lists:\n  - name: A\n    keywords: []\n" + TOLD, [f"2:5: {NEEDS_WORDS}"]),
    ("watch_lists:\n  - name: A\n    exclude: [b]\n" + TOLD, [f"2:5: {NEEDS_WORDS}"]),
    (HEAD + "    query: b\n" + TOLD, ["4:12: a list has either `keywords` or `query`, not both"]),
    (
        "watch_lists:\n  - name: A\n    query: '  '\n" + TOLD,
        ["3:12: the query is empty; write one, or `keywords: [...]`"],
    ),
    (
        "watch_lists:\n  - name: A\n    keywords: Ukraine, Kyiv\n" + TOLD,
        ["3:15: `keywords` is a list; write `keywords: [Ukraine, Kyiv]`"],
    ),
    (
        "watch_lists:\n  - name: A\n    keywords: [yes, 2022, '']\n" + TOLD,
        [
            '3:16: `yes` is true or false to YAML, and a text belongs here; write "yes" in quotes',
            '3:21: `2022` is a number to YAML, and a text belongs here; write "2022" in quotes',
            "3:27: this is empty; write something or remove the line",
        ],
    ),
    (
        HEAD + TOLD + "  - name: A\n    query: b\n" + TOLD,
        ["5:11: `A` stands already in line 2; keep one of them"],
    ),
    (
        HEAD + "    feeds: {tags: [x], names: [y]}\n" + TOLD,
        ["4:24: not yet: of `feeds` only `tags` works so far, not `names`"],
    ),
    (HEAD + "    feeds: [x]\n" + TOLD, ["4:12: write lines of `key: value` here, like `url: https://...`"]),
    *(
        (HEAD + f"    alert: {written}\n" + TOLD, [f"4:12: `alert` is `first`, `updates` or `every`, not {message}"])
        for written, message in (
            ("update", "`update`; did you mean `updates`?"),
            ("yes", "`yes`"),
            ("null", "`null`"),
            ("[first]", "this"),
        )
    ),
    *(
        (HEAD + f"    languages: {written}\n" + TOLD, [f"4:{place}: {message}"])
        for written, place, message in (
            ("en", 16, "`languages` is a list; write `languages: [en]`"),
            ("[no]", 17, '`no` is true or false to YAML, and a text belongs here; write "no" in quotes'),
            ("[en, 5]", 21, '`5` is a number to YAML, and a text belongs here; write "5" in quotes'),
            ("[en_US]", 17, "`en_US` is written with a dash: `en-US`"),
            ("[ukr]", 17, "`ukr` has a shorter code; write `uk`"),
            ("[ger-AT]", 17, "`ger-AT` has a shorter code; write `de-at`"),
            ("[ua]", 17, "there is no language `ua`; did you mean `uk`?"),
            ("[xx]", 17, "there is no language `xx`; uk, en and pt-BR are such"),
            ("[Ukrainian]", 17, "`Ukrainian` is no language; write its code, such as en, uk or pt-BR"),
            ("[' ']", 17, "this is empty; write something or remove the line"),
        )
    ),
    (
        HEAD + "    renamed_from: ' A '\n" + TOLD,
        ["4:19: this is the list's own name; remove the line"],
    ),
    (HEAD + "    renamed_from: [B]\n" + TOLD, ["4:19: `renamed_from` takes one text here, no list and no mapping"]),
    (
        HEAD + "    renamed_from: B\n" + TOLD + "  - name: B\n    query: b\n" + TOLD,
        ["4:19: `B` still stands in line 6; take that list out, or remove this line"],
    ),
    (
        HEAD + "    renamed_from: Old\n" + TOLD + "  - name: B\n    query: b\n    renamed_from: Old\n" + TOLD,
        ["8:19: `Old` has its new name in line 4 already; keep one of the lines"],
    ),
    (
        HEAD + "    renamed_from: B\n" + TOLD + "  - name: B\n    query: b\n    renamed_from: A\n" + TOLD,
        [
            "4:19: these names go in a circle, which would turn at each apply; give one list a third name first",
            "8:19: these names go in a circle, which would turn at each apply; give one list a third name first",
        ],
    ),
    (
        HEAD + '    renamed_from: "${NOBODY}"\n' + TOLD,
        ["4:19: the environment has no `NOBODY`: set it, as `export NOBODY=...`, before starting"],
    ),
    (
        'watch_lists:\n  - name: A\n    query: "military buildup" AND ukraine\n' + TOLD,
        [
            "3:31: this is not YAML: put the whole text in quotes; for a query with quotes: query: '\"military buildup\" AND ukraine'"
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_watch_lists(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert problems(tmp_path, watchlists=text) == expected


NO_SECRET = (
    'a secret is `whsec_` and 24 to 64 random bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)", '
    "put it into the environment and write ${ITS_NAME} here"
)
NO_MAILBOX = "write one bare address, like desk@example.org (a domain in other letters in its xn-- form)"
ONE = "subscribers:\n  - name: desk\n    channels:\n"
NO_CHANNEL = "4:9: a channel is `webhook: URL`, `email: ADDRESS`, `apprise: URL` or `log: true`"
ACTS = "this acts on the machine, and tells nobody; `log: true` writes into the log"
SERVICES = (
    "ntfy, ntfys, tgram, slack, discord, matrix, matrixs, mmost, mmosts, gotify, gotifys, pover, rocket, rockets, "
    "zulip, workflows, workflow, signal, signals, pbul"
)
URL = "      - webhook: https://hooks.example/\n"

SUBSCRIBERS: list[tuple[str, list[str]]] = [
    (
        "subscribers:\n  - name: a\n    timezone: Europe/Kiyv\n",
        ["3:15: unknown time zone `Europe/Kiyv`; did you mean `Europe/Kyiv`?"],
    ),
    (
        "subscribers:\n  - name: a\n    timezone: 12345:67x\n",
        ["3:15: unknown time zone `12345:67x`; write an IANA name such as Europe/Kyiv"],
    ),
    (
        "subscribers:\n  - name: a\n    quiet_hours: 22:00-22:00\n    heartbeat: never\n",
        [
            "3:18: `22:00-22:00`: write `22:00-07:00`, from when to when, two different times of the day",
            "4:16: `never`: write `hourly`, `daily at 08:00` or `weekly on monday at 08:00`",
        ],
    ),
    (
        "subscribers:\n  - name: a\n  - name: a\n",
        ["3:11: `a` stands already in line 2; keep one of them"],
    ),
    (
        "subscribers:\n  - name: a\n    channels: log\n",
        ["3:15: `channels` is a list; begin each entry in a line of its own with a dash, like `- log: true`"],
    ),
    (ONE + "      - log\n", ["4:9: write lines of `key: value` here, like `log: true`"]),
    (ONE + "      - log: false\n", ["4:14: write `log: true`, or remove the line"]),
    (ONE + "      - {}\n", [NO_CHANNEL]),
    (
        ONE + "      - log: true\n        at_most_once: true\n",
        ["5:23: what is written into the log is written; remove the line"],
    ),
    (
        ONE + "      - log: true\n        template: '{{ text }}'\n",
        ["5:19: a log takes no template, only email and apprise do; remove the line"],
    ),
    *(
        (ONE + f"      - apprise: '{url}'\n", [f"4:18: {said}"])
        for url, said in (
            ("ntfy.sh/desk", "write an Apprise URL, like `ntfy://ntfy.sh/TOPIC`"),
            (
                "gotify://gotify.example",
                "Apprise cannot read this; see https://appriseit.com/services/ for how a gotify URL is written",
            ),
            ("ntfy://", "write an Apprise URL, like `ntfy://ntfy.sh/TOPIC`"),
            (
                "tgram://s3cret",
                "Apprise cannot read this; see https://appriseit.com/services/ for how a tgram URL is written",
            ),
            ("ntfy://ntfy.sh/a b", "an Apprise URL holds no spaces; write %20 for one"),
            (
                "ntfy://ntfy.sh/a/b",
                "this leads to several places; write one channel for each, so that each is tried again by itself",
            ),
            (
                "slak://a/b/c",
                f"`slak://`: no service that messages go to; did you mean `slack`?; by Apprise go {SERVICES}",
            ),
            ("jsons://x/y", f"`jsons://`: write `webhook: https://...`; by Apprise go {SERVICES}"),
            (
                "mailto://u:p@example.org",
                f"`mailto://`: write `email: ADDRESS`; the mail server stands in smtp_url; by Apprise go {SERVICES}",
            ),
            *(
                (
                    f"{scheme}://",
                    f"`{scheme}://`: {ACTS}; by Apprise go {SERVICES}",
                )
                for scheme in ("dbus", "gnome", "windows", "macosx", "syslog", "file", "exec")
            ),
            *(
                (
                    f"discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?{key}=x",
                    f"take `{key}=` out of the Apprise URL: {why}",
                )
                for key, why in (
                    ("template", "the words stand in the channel's own `template`"),
                    ("verify", "certificates are always checked"),
                    ("redirect", "redirects are never followed"),
                    ("format", "which form a service reads is known"),
                )
            ),
        )
    ),
    *(
        (ONE + f"      - email: a@example.org\n        template: '{template}'\n", [f"5:19: {said}"])
        for template, said in (
            ("{{ subject", "line 1: unexpected end of template, expected 'end of print statement'."),
            ("{{ stori }}", "unknown name `stori`; did you mean `stories`?"),
            ("{{ story.headlin }}", "there is no `headlin` here"),
            ("{{ 7*7 }}", "line 1: `mul` is not there"),
        )
    ),
    *(
        (ONE + URL + f"        secret: {secret}\n", [f"5:17: {said}"])
        for secret, said in (
            ("[]", "write 1 to 5 secrets, the newest first"),
            (f"[{SECRET}, {SECRET}]", "one of these secrets stands here twice; keep one of them"),
            (f"[{SECRET}, hunter2]", NO_SECRET),
            (f"{{a: {SECRET}}}", "write one secret, or a list of them: `[${NEW}, ${OLD}]`"),
            ("[1]", "write one secret, or a list of them: `[${NEW}, ${OLD}]`"),
        )
    ),
    (
        ONE + URL + f"        secret: [{SECRET}, '${{NO_SUCH_SECRET}}']\n",
        [
            f"5:{19 + len(SECRET) + 1}: the environment has no `NO_SUCH_SECRET`: set it, as `export NO_SUCH_SECRET=...`, before starting"
        ],
    ),
    (
        ONE + "      - log: true\n        email: a@b\n",
        ["4:9: one channel an entry; write email and log each with its own -"],
    ),
    (ONE + "      - log: true\n      - log: true\n", ["5:9: this subscriber has this log already; keep one of them"]),
    (
        ONE + URL,
        ["4:18: a webhook needs a `secret`, for its messages are signed; write `secret: ${NAME}`"],
    ),
    (
        ONE + f"      - log: true\n        secret: {SECRET}\n",
        ["5:17: only a webhook has a secret; remove the line"],
    ),
    (ONE + f"      - secret: {SECRET}\n", [NO_CHANNEL]),
    (
        ONE + f"{URL}        secreet: {SECRET}\n",
        [
            "4:18: a webhook needs a `secret`, for its messages are signed; write `secret: ${NAME}`",
            "5:9: unknown key `secreet`; did you mean `secret`?",
        ],
    ),
    *(
        (ONE + URL + f"        secret: {secret}\n", [f"5:17: {NO_SECRET}"])
        for secret in (
            "hunter2",
            "whsec_hunter2!",
            "whsec_aaaaa",
            "whsec_" + base64.b64encode(bytes(23)).decode(),
            "whsec_" + base64.b64encode(bytes(65)).decode(),
            SECRET.removeprefix("whsec_"),
            "${BAD_HOOK}",
        )
    ),
    *(
        (ONE + f"      - email: {address}\n", [f"4:16: {NO_MAILBOX}"])
        for address in (
            "desk",
            "Desk <desk@example.org>",
            "a@b@c",
            "a..b@example.org",
            "дошка@example.org",
            f"{'a' * 65}@example.org",
            f"a@{'a.' * 130}org",
        )
    ),
    (ONE + '      - email: "a@example.org\\r\\nBcc: x@y"\n', [f"4:16: {ONE_LINE}"]),
]


@pytest.mark.parametrize(("text", "expected"), SUBSCRIBERS)
def test_subscribers(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert problems(tmp_path, subscribers=text) == expected


def test_names_and_addresses_are_the_same_in_every_unicode_form(tmp_path: Path) -> None:
    one, other = "\u00e9", "e\u0301"
    again = "stands already in line 2; keep one of them"
    found = problems(
        tmp_path,
        feeds=f"feeds:\n  - {{url: https://x/{one}, name: {one}}}\n  - {{url: https://x/{other}, name: {other}}}\n",
        watchlists=f"watch_lists:\n  - {{name: {one}, keywords: [a], notify: [{{subscriber: {other}}}]}}\n"
        f"  - {{name: {other}, keywords: [a], notify: [{{subscriber: {one}}}, {{subscriber: {other}}}]}}\n",
        subscribers=f"subscribers:\n  - name: {one}\n    channels: [{{log: true}}]\n"
        f'  - name: {other}\n    channels: [{{email: a@x.org}}, {{email: " a@x.org"}}]\n',
    )
    assert found == [
        f"3:11: this {again}",
        f"3:31: `{other}` {again}",
        f"4:11: `{other}` {again}",
        "5:34: this subscriber has this email already; keep one of them",
        f"3:12: `{other}` {again}",
        f"3:70: `{other}` hears of this list already; keep one of the lines",
    ]


def test_a_list_for_nobody(tmp_path: Path) -> None:
    found = problems(tmp_path, watchlists=LIST, subscribers="subscribers:\n")
    assert found == ["4:27: unknown subscriber `desk`; subscribers.yaml names none"]


def test_a_wrong_subscriber_is_still_known_to_the_lists(tmp_path: Path) -> None:
    wrong = "subscribers:\n  - name: desk\n    timezone: Mars/Olympus\n    channels: [{log: true}]\n"
    assert [line[:5] for line in problems(tmp_path, watchlists=LIST, subscribers=wrong)] == ["3:15:"]


def test_subscribers_that_cannot_be_read_are_not_held_against_the_lists(tmp_path: Path) -> None:
    found = problems(tmp_path, watchlists=LIST, subscribers="subscribers:\n\t- name: desk\n")
    assert found == ["2:1: this is not YAML: indent with spaces; YAML takes no tab here"]


def test_all_files_at_once_in_order(tmp_path: Path) -> None:
    found = problems(
        tmp_path, feeds=FEEDS[0][0], watchlists="watch_lists: 3\n", subscribers="subscribers:\n  - nam: x\n"
    )
    assert found == [
        "1:8: `feeds` is a list; begin each entry with `- `",
        "2:5: `name` is missing; write `name: ...`",
        "2:5: unknown key `nam`; did you mean `name`?",
        "1:14: `watch_lists` is a list; begin each entry with `- `",
    ]


def test_an_anchor_read_twice_is_wrong_once(tmp_path: Path) -> None:
    text = "feeds:\n  - &a {url: https://x/, every: 0s}\n  - {<<: *a, url: https://y/}\n"
    assert problems(tmp_path, feeds=text) == ["2:33: `0s` is too short; 1s is the least"]


@pytest.mark.timeout(30)
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "feeds.yaml")
    assert problems(tmp_path) == ["1:1: this is no regular file"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"feeds:\n  - url: \xff\n", ["2:10: this is not UTF-8; save the file so"]),
        (b"#" * (5 * 1024 * 1024 + 1), ["1:1: this file is larger than 5 MB"]),
    ],
)
def test_bytes(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    (tmp_path / "feeds.yaml").write_bytes(content)
    assert problems(tmp_path) == expected


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").mkdir()
    assert problems(tmp_path) == ["1:1: this file cannot be read: Is a directory"]


def test_the_error_prints_every_place(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - nam: x\n")
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(tmp_path, {})
    lines = str(caught.value).splitlines()
    assert lines[0] == "the configuration has 2 problems:"
    assert lines[1].startswith(f"{tmp_path}/feeds.yaml:2:5: ")


def test_the_check_is_given_all_lists_without_what_was_told_already(tmp_path: Path) -> None:
    lines: list[WatchListLine] = []

    def check(given: Sequence[WatchListLine]) -> Iterator[Problem]:
        lines.extend(given)
        told = (line for line in given if line.query is not None)
        return (Problem(line.query_mark or Mark("f", 0, 0), f"{line.name} of {len(given)}") for line in told)

    entries = [
        "{name: good, query: a}",
        "{name: odd key, query: ' b', colour: red}",
        "{name: odd words, query: [c]}",
        "{name: no words}",
        "{name: both, query: d, keywords: [e]}",
        "{name: unset, query: '${NO}'}",
        "{query: nameless}",
        "5",
    ]
    (tmp_path / "watchlists.yaml").write_text("watch_lists:\n" + "".join(f"  - {entry}\n" for entry in entries))
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(tmp_path, {}, check=check)
    assert [(line.name, line.query) for line in lines] == [
        ("good", "a"),
        ("odd key", "b"),
        ("odd words", None),
        ("no words", None),
        ("both", None),
        ("unset", None),
    ]
    said = [f"{problem.mark.line}:{problem.mark.column}: {problem.message}" for problem in caught.value.problems]
    assert [line for line in said if line.endswith(" of 6")] == [
        "2:25: good of 6",
        "3:30: odd key of 6",
    ]
