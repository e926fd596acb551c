"""Markup to plain text, in time linear in the length of any input. PURE.

No tree is built: feeds are written by strangers, and tree builders that follow the HTML standard to the letter take
minutes for a megabyte of `<div>` and gigabytes for 50 KB of formatting tags that must be opened again in each
paragraph. Text alone needs no tree. Every expression below ends a construct that is not closed at the end of the
input, as the standard's tokenizer does, so none is ever tried twice over the same stretch.
"""

from __future__ import annotations

import html as entities
import re

from worker.text.clean import lines

_ATTRIBUTES = r"""(?>[^>=]++|=\s*+(?>"[^"]*"|'[^']*')?+)*+"""
_END = r"(?:>|\Z)"
_DROPPED = re.compile(
    r"<!--.*?(?:--!?>|\Z)"
    rf"|<(head|iframe|noscript|script|style|svg|template|title)(?=[\s/>]){_ATTRIBUTES}"
    rf"(?:(?<=/)>|{_END}.*?(?:</\1(?=[\s/>])[^>]*+{_END}|\Z))",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    rf"</?([a-z][a-z0-9]*+)(?=([\s/>])?){_ATTRIBUTES}{_END}|<[!?/][^>]*+{_END}",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"}
    | {"menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead"}
    | {"tr", "ul"}
)
_BREAKS = "\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
"""White space that `clean` might take for the end of a line, or drop, so that words run into each other."""
_ESCAPED_MARKUP = re.compile(
    r"</(?:a|b|blockquote|div|em|figure|font|h[1-6]|i|li|ol|p|span|strong|table|td|tr|ul)\s*>"
    r"|<(?:a|br|hr|img|p)(?:\s[^<>]*|\s*/)?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_ENDLESS_NUMBER = re.compile(r"&#(?:\d{20,}|x[0-9a-f]{20,});?", re.IGNORECASE)


def to_text(html: str) -> str:
    """Return the text of an HTML fragment, clean, one line for each block.

    Comments and elements without text of their own (script, style, head, iframe ...) are gone; inline tags join what
    stands around them. Markup or entities that somebody escaped once too often are read once more, the tags only
    where the fragment has none of its own, so that a text about `<b>` keeps it beside real markup.
    """
    if "<" not in html and "&" not in html:
        return lines(" ".join(html.split()))
    text = _strip(html)
    if "<" in text and not _TAG.search(html) and _ESCAPED_MARKUP.search(text):
        text = _strip(text)
    return lines(_reread_entities(text))


def plain_to_text(s: str) -> str:
    """Return what is declared plain text, clean; read as HTML only where it plainly is HTML all the same."""
    if "<" in s and _ESCAPED_MARKUP.search(s):
        return to_text(s)
    return lines(_reread_entities(s))


def _strip(html: str) -> str:
    r"""Drop the tags, decode entities; only block borders are "\n"."""
    text = html
    for char in _BREAKS:
        text = text.replace(char, " ")
    if "<" in text:
        text = _DROPPED.sub("", text.replace("<![CDATA[", "").replace("]]>", ""))
        text = _TAG.sub(_border, text)
    return _unescape(text)


def _border(tag: re.Match[str]) -> str:
    name, behind = tag.groups()
    return "\n" if behind and name.lower() in _BLOCKS else ""


def _reread_entities(text: str) -> str:
    return _ENTITY.sub(lambda match: _unescape(match[0]), text) if "&" in text else text


def _unescape(text: str) -> str:
    """Decode entities; a number too long for any character is U+FFFD, as the HTML standard says."""
    return entities.unescape(_ENDLESS_NUMBER.sub("\ufffd", text)) if "&" in text else text
