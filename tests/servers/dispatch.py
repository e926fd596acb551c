"""One agency dispatch, written for tests, and what twelve outlets make of it (issue 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.documents import Item

if TYPE_CHECKING:
    from datetime import datetime

HEADLINE = "US evacuates embassy staff from Ukraine as troops mass at border"
PARAGRAPHS = (
    (
        "Washington [US], February 12 (ANI): The United States ordered most of the staff of its embassy in Kyiv to leave "
        "on Saturday, saying that a military action could begin any day and that nobody should count on an airlift."
    ),
    (
        "Officials told reporters on a call that a small team of diplomats would move to Lviv, some eighty kilometres from "
        "the Polish frontier, to help the citizens who are still in the country and to keep in touch with the government."
    ),
    (
        "The decision followed a long night of talks in which advisers laid out satellite pictures of field hospitals, "
        "pontoon bridges and fuel depots that had been set up within a day's march of the frontier since Tuesday."
    ),
    (
        "Moscow has denied that it plans any invasion and accused western capitals of hysteria. A spokeswoman of the "
        "foreign ministry said its own diplomats were being thinned out for fear of provocations by third countries."
    ),
    (
        "Ukraine's president asked his people to stay calm and said that panic was the best friend of the enemy. He spoke "
        "at police exercises in Kherson, where helicopters flew over the reservoir and mock rioters threw smoke grenades."
    ),
    (
        "Several airlines said they were looking at whether to keep flying. The Dutch carrier stopped at once, citing the "
        "loss of an airliner over the east of the country eight years ago, in which nearly three hundred people died."
    ),
    (
        "Grain traders in Odesa reported that insurers had doubled the premium for calls at Black Sea ports overnight, and "
        "that two bulk carriers had turned around before the Bosporus to wait for orders."
    ),
    (
        "Later on Saturday the two presidents were to speak by telephone for the second time this year. Neither side "
        "expected a breakthrough, but both had asked for the call, an aide said, and that alone was a sign."
    ),
)
CLUE = (
    "Lesia Vasylenko, a member of parliament, said that people in her street had begun to pack documents and medicine, "
    "and that the school of her children was teaching them where the nearest cellar was."
)


def _text(paragraphs: tuple[str, ...] | list[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _outlet(outlet: str, title: str, text: str, published: datetime) -> Item:
    link = f"https://{outlet}.example/world/2022/02/{outlet}-{len(title)}"
    return Item(f"{outlet}-{len(text)}", title, text, link, published)


def edits(published: datetime) -> dict[str, Item]:
    """Return outlet -> the dispatch as it runs it."""
    lead, *rest = PARAGRAPHS
    bare = lead.partition("(ANI): ")[2]
    plain = [bare, *rest]
    copy_edited = [
        "Diplomats were packing on Saturday night, and the lights of the embassy went out one after another.",
        " ".join(bare.split()[12:]),
        *(
            line.replace("reporters", "journalists").replace("frontier", "border").replace("said", "says")
            for line in rest[:6]
        ),
    ]
    texts = {
        "ani": (HEADLINE, _text(PARAGRAPHS)),
        "retitled": ("Leave now, Washington tells its diplomats in Kyiv", _text(PARAGRAPHS)),
        "credited": (HEADLINE, _text(["KYIV: " + bare, *rest, "Photo: Reuters", "Sign up to our newsletter. (ANI)"])),
        "shortened": (f"{HEADLINE} | World", _text([lead, rest[0], rest[2], rest[3], rest[5], rest[6]])),
        "halved": (HEADLINE, _text(PARAGRAPHS[:4])),
        "swapped": ("Ukraine: embassy staff told to go", _text([lead, rest[1], rest[0], CLUE, *rest[2:]])),
        "typeset": (
            HEADLINE.replace(" ", "&nbsp;", 1),
            _text(
                [
                    line.replace("'", "\u2019").replace(" Kyiv ", ' <a href="/kyiv"><b>Ky\xadiv</b></a> ')
                    for line in plain
                ]
            ),
        ),
        "summed-up": ("America pulls diplomats out", " ".join(bare.split())),
        "teased": (
            "Embassy in Ukraine all but closed",
            " ".join(_text([bare, rest[0]]).replace("<p>", "").replace("</p>", " ").split()[:45])
            + " ... Continue reading. The post Embassy in Ukraine all but closed appeared first on Teased.",
        ),
        "rewritten": ("Lights out at the embassy in Ukraine's capital", _text(copy_edited)),
        "stamped": (
            HEADLINE,
            _text(
                [
                    "Devdiscourse News Desk | Updated: 12-02-2022 22:31 IST | Created: 12-02-2022 22:31 IST",
                    *PARAGRAPHS,
                    "(This story has not been edited by our staff and is auto-generated from a syndicated feed.)",
                ]
            ),
        ),
        "listed": (f"{HEADLINE} - Listed", "The embassy in Kyiv empties. (ANI)"),
    }
    return {outlet: _outlet(outlet, *said, published) for outlet, said in texts.items()}


def bare_headline(published: datetime) -> Item:
    """A report of which there is only the headline, by an outlet that credits nobody."""
    return _outlet("bare", HEADLINE, "", published)
