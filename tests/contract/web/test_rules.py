"""The rules by which output feeds are read find what breaks them."""

import json

import pytest
from contract.web.rules import atom_faults, json_feed_faults

ENTRY = """<entry><id>urn:uuid:1</id><title>t</title><updated>2022-02-12T17:00:00Z</updated>
<link href="https://a.example/"/><content type="html">&lt;p&gt;</content><category term="x"/></entry>"""
FEED = f"""<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:uuid:0</id><title>t</title>
<updated>2022-02-12T17:00:00Z</updated><author><name>n</name></author><link rel="self" href="https://a.example/f"/>
{ENTRY}</feed>"""
ITEM = {"id": "1", "content_html": "x", "url": "https://a.example/", "date_published": "2022-02-12T17:00:00Z"}
JSON = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "authors": [{"name": "n"}], "items": [ITEM]}


def test_a_good_document_has_no_faults():
    assert atom_faults(FEED.encode()) == []
    assert json_feed_faults(json.dumps(JSON).encode()) == []


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("<id>urn:uuid:0</id>", ""),
        ("<id>urn:uuid:0</id>", "<id>urn:uuid:1</id>"),
        ("<id>urn:uuid:0</id>", "<id>one</id>"),
        ("<title>t</title>", "<title>t</title><title>u</title>"),
        ("<author><name>n</name></author>", ""),
        ("<name>n</name>", "<name> </name>"),
        ("2022-02-12T17:00:00Z", "2022-02-12 17:00"),
        ('rel="self" ', ""),
        ('"https://a.example/f"', '"/f"'),
        ('"https://a.example/"', '"https://a.example/ b"'),
        ('<link href="https://a.example/"/><content type="html">&lt;p&gt;</content>', ""),
        ('<link href="https://a.example/"/>', '<link href="https://a.example/"/>' * 2),
        ('term="x"', 'label="x"'),
        ("&lt;p&gt;", "<p/>"),
        ("<feed ", "<rss "),
    ],
)
def test_a_fault_of_atom_is_found(part, instead):
    assert part in FEED
    document = FEED.replace(part, instead).replace("</feed>", "</rss>" if instead == "<rss " else "</feed>")
    assert atom_faults(document.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1.1"},
        {"title": None},
        {"author": {}},
        {"feed_url": "/f"},
        {"items": [ITEM, ITEM]},
        {"items": [ITEM | {"id": 1}]},
        {"items": [ITEM | {"content_html": ""}]},
        {"items": [ITEM | {"url": "javascript:x"}]},
        {"items": [ITEM | {"date_modified": "today"}]},
        {"items": [ITEM | {"authors": [{}]}]},
        {"items": [ITEM | {"tags": [1]}]},
        {"items": [ITEM | {"summary": None}]},
    ],
)
def test_a_fault_of_json_feed_is_found(change):
    assert json_feed_faults(json.dumps(JSON | change).encode())
