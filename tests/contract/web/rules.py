"""What RFC 4287 and the specification of JSON Feed 1.1 ask of a document, as far as ours could break it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ONCE_IN_FEED = {"id": 1, "title": 1, "updated": 1, "generator": 0, "icon": 0, "logo": 0, "rights": 0, "subtitle": 0}
ONCE_IN_ENTRY = {
    "id": 1,
    "title": 1,
    "updated": 1,
    "content": 0,
    "published": 0,
    "rights": 0,
    "source": 0,
    "summary": 0,
}
"""How often at least; at most once (RFC 4287, 4.1.1 and 4.1.2)."""
DATES = ("updated", "published")


def atom_faults(body: bytes) -> list[str]:
    """Every rule of RFC 4287 that the document breaks."""
    feed = ET.fromstring(body.decode())  # noqa: S314 - our own
    if feed.tag != f"{ATOM}feed":
        return ["the document is no feed"]
    of_entries = [fault for entry in feed.findall(f"{ATOM}entry") for fault in _faults_of_entry(entry)]
    return [*_faults_of_feed(feed), *of_entries, *_faults_of_constructs(feed)]


def _faults_of_feed(feed: ET.Element) -> list[str]:
    faults = _counted(feed, ONCE_IN_FEED)
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None and any(entry.find(f"{ATOM}author") is None for entry in entries):
        faults.append("4.1.1: an author in the feed, or in every entry")
    if len([link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]) != 1:
        faults.append("4.1.1: one link with rel self")
    ids = [element.text or "" for element in feed.findall(f"{ATOM}id") + feed.findall(f"{ATOM}entry/{ATOM}id")]
    if len(set(ids)) != len(ids):
        faults.append("4.1.1: ids are unique")
    faults += [f"4.2.6: an id is an absolute IRI: {one!r}" for one in ids if not _is_absolute(one)]
    return faults


def _faults_of_entry(entry: ET.Element) -> list[str]:
    faults = _counted(entry, ONCE_IN_ENTRY)
    alternates = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    if entry.find(f"{ATOM}content") is None and not alternates:
        faults.append("4.1.2: an alternate link where there is no content")
    if len({(link.get("type"), link.get("hreflang")) for link in alternates}) != len(alternates):
        faults.append("4.1.2: one alternate link of a kind")
    source = entry.find(f"{ATOM}source")
    if source is not None and source.find(f"{ATOM}entry") is not None:
        faults.append("4.2.11: no entry in a source")
    return faults


def _faults_of_constructs(feed: ET.Element) -> list[str]:
    faults = []
    for name in DATES:
        faults += [
            f"3.3: {name} {one.text!r}" for one in feed.iter(ATOM + name) if not RFC_3339.fullmatch(one.text or "")
        ]
    for person in feed.iter(f"{ATOM}author"):
        if len(person.findall(f"{ATOM}name")) != 1 or not (person.findtext(f"{ATOM}name") or "").strip():
            faults.append("3.2.1: a person has one name")
    for link in feed.iter(f"{ATOM}link"):
        if not _is_absolute(link.get("href", "")):
            faults.append(f"4.2.7.1: a link leads somewhere: {link.get('href')!r}")
    for category in feed.iter(f"{ATOM}category"):
        if not category.get("term"):
            faults.append("4.2.2.1: a category has a term")
    for text in [*feed.iter(f"{ATOM}title"), *feed.iter(f"{ATOM}content"), *feed.iter(f"{ATOM}summary")]:
        if text.get("type", "text") in ("text", "html") and len(text):
            faults.append("3.1.1: text and html hold no elements")
    return faults


def json_feed_faults(body: bytes) -> list[str]:
    """Every rule of jsonfeed.org/version/1.1 that the document breaks."""
    feed: dict[str, Any] = json.loads(body.decode())
    faults = []
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        faults.append("version")
    if not isinstance(feed.get("title"), str) or not isinstance(feed.get("items"), list):
        return [*faults, "title and items"]
    if "author" in feed or "authors" not in feed:
        faults.append("authors, not author")
    faults += [
        f"{key} is no address" for key in ("feed_url", "home_page_url") if key in feed and not _is_web(feed[key])
    ]
    ids = [item.get("id") for item in feed["items"]]
    if len(set(ids)) != len(ids) or not all(isinstance(one, str) and one for one in ids):
        faults.append("ids are strings, and unique")
    return [*faults, *(fault for item in feed["items"] for fault in _faults_of_item(item))]


def _faults_of_item(item: dict[str, Any]) -> list[str]:
    faults = []
    if not (item.get("content_html") or item.get("content_text")):
        faults.append("content_html or content_text")
    faults += [
        f"{key} is no address" for key in ("url", "external_url", "image") if key in item and not _is_web(item[key])
    ]
    for key in ("date_published", "date_modified"):
        if key in item and not RFC_3339.fullmatch(item[key]):
            faults.append(f"{key} is no RFC 3339 date")
    for author in item.get("authors", []):
        if not any(isinstance(author.get(key), str) and author[key] for key in ("name", "url", "avatar")):
            faults.append("an author has something")
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
        faults.append("tags are strings")
    if None in item.values():
        faults.append("no nulls")
    return faults


def _counted(element: ET.Element, least: dict[str, int]) -> list[str]:
    found = {name: len(element.findall(ATOM + name)) for name in least}
    return [f"{name}: {count} times" for name, count in found.items() if not least[name] <= count <= 1]


def _is_absolute(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r'[\s<>"{}|\\^`\x00-\x20]', address)


def _is_web(address: object) -> bool:
    return isinstance(address, str) and _is_absolute(address) and urlsplit(address).scheme in ("http", "https")
