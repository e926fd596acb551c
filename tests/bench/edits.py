"""What outlets do with a dispatch before they print it: each edit makes of one piece two items, as two feeds carry it."""

from __future__ import annotations

import html
import random
import re
from typing import TYPE_CHECKING

from bench.newsstand import Piece

from worker.text.clean import lines
from worker.text.markup import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Edit = Callable[["Desk", Piece], "tuple[Piece, Piece]"]

OUTLETS = (
    "Kyiv Post",
    "The Daily Herald",
    "Star Tribune",
    "Globe and Mail",
    "ABC News",
    "Le Monde",
    "Reuters",
    "The Hindu",
)
PLACES = ("WASHINGTON", "LONDON", "NEW DELHI", "KYIV", "MOSCOW", "PARIS", "TOKYO", "SAN FRANCISCO")
AGENCIES = ("Reuters", "AP", "AFP", "ANI", "TASS", "dpa")
MONTHS = ("Jan", "Feb", "March", "April", "June", "Sept", "Oct.", "Dec")
BOXES = (
    "Sign up for our newsletter and get the day's top stories in your inbox every morning.",
    "Subscribe to our channel for breaking news, live coverage and analysis from around the world.",
    "We use cookies to give you the best experience on our website. Read our privacy policy to learn more.",
    "Follow us on social media and download our app for the latest updates wherever you are.",
    "Support independent journalism. Become a member today and help us keep our reporting free for all.",
)
HEADLINERS = (
    "says",
    "new",
    "report",
    "after",
    "amid",
    "what",
    "we",
    "know",
    "set",
    "to",
    "over",
    "explained",
    "deal",
    "talks",
)
_POINTS = "\"'.,;:()<>"
FIGURES = re.compile(r"\d[\d,./]*")
REPORTERS = ("Jane Miller", "Oleh Tkach", "Ravi Menon", "Anna Keller", "Paul Dubois")


class Desk:
    """One editor's desk: a seeded random choice, and other texts to take foreign paragraphs from."""

    def __init__(self, seed: int, foreign: Sequence[Piece]) -> None:
        self.random = random.Random(seed)
        self._foreign = [
            paragraph for piece in foreign for paragraph in piece.paragraphs if 20 <= len(paragraph.split()) <= 70
        ]

    def paragraph(self) -> str:
        return self.random.choice(self._foreign)

    def words(self, number: int) -> str:
        words: list[str] = []
        while len(words) < number:
            words += self.paragraph().split()
        return " ".join(words[:number])

    def outlet(self) -> str:
        return self.random.choice(OUTLETS)

    def rewritten(self, piece: Piece) -> str:
        """Another headline: a few words of the lead, in order, among words that any headline may have."""
        lead = [word.strip(_POINTS) for word in piece.text.split()[:45]]
        told = sorted({number for number, word in enumerate(lead) if len(word) > 3})
        kept = sorted(self.random.sample(told, k=min(len(told), self.random.randint(3, 6))))
        words = [lead[number] for number in kept]
        for word in self.random.sample(HEADLINERS, k=3):
            words.insert(self.random.randint(0, len(words)), word)
        return " ".join(words)

    def retold(self, piece: Piece, number: int) -> str:
        """So many words of an own lead: names and numbers of the piece, its order lost, among other words."""
        own = [word.strip(_POINTS) for word in piece.text.split()[:60]]
        told = self.random.sample(own, k=min(len(own), number * 3 // 5))
        told += [self.lower_word() for _ in range(number - len(told))]
        self.random.shuffle(told)
        return " ".join(["The", *told[1:]])

    def lower_word(self) -> str:
        return next(word for word in iter(lambda: self.words(1), "") if word.isalpha() and word.islower())


def retitled(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    return piece, piece._replace(title=desk.rewritten(piece))


def credited(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    agency, day = desk.random.choice(AGENCIES), f"{desk.random.choice(MONTHS)} {desk.random.randint(1, 28)}"
    place = desk.random.choice(PLACES)
    dateline = desk.random.choice(
        (
            f"{place}, {day} ({agency}) - ",
            f"{place} ({agency}) -- ",
            f"{place}, {day} — ",
            f"{place.title()}, {day} ({agency}): ",
        )
    )
    name, other = desk.random.sample(REPORTERS, k=2)
    credit = f"(Reporting by {name} in {place.title()}; Editing by {other})"
    text = "\n".join([dateline + piece.text, *desk.random.sample(BOXES, k=2), credit])
    return piece, Piece(
        f"{desk.rewritten(piece)} | {desk.outlet()}" if desk.random.random() < 0.5 else piece.title, text
    )


def thinned(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    lead, *rest = piece.paragraphs
    kept = [paragraph for paragraph in rest if desk.random.random() >= 0.3]
    return piece, Piece(desk.rewritten(piece), "\n".join([lead, *kept]))


def halved(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    words = piece.text.split(" ")
    return piece, Piece(desk.rewritten(piece), " ".join(words[: len(words) // 2]))


def swapped(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    parts = piece.paragraphs
    if len(parts) >= 2:
        one, other = desk.random.sample(range(len(parts)), k=2)
        parts[one], parts[other] = parts[other], parts[one]
    parts.insert(desk.random.randint(0, len(parts)), desk.paragraph())
    return piece, Piece(desk.rewritten(piece), "\n".join(parts))


def typeset(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    words = html.escape(piece.text, quote=False).replace("\n", " \n ").split(" ")
    for number, word in enumerate(words):
        chance = desk.random.random()
        if chance < 0.05 and word.isalpha() and len(word) > 6:
            words[number] = f"{word[:4]}\u00ad{word[4:]}"
        elif chance < 0.09 and word.isalpha():
            words[number] = f'<a href="https://news.example/{number}">{word}</a>'
        elif chance < 0.12 and word.isalpha():
            words[number] = f"<b>{word}</b>"
    body = " ".join(words).replace(" -- ", " — ").replace(" mln", "\u00a0mln").replace("'s", "’s")
    body = re.sub(r'"([^"]*)"', r"“\1”", body)
    marked = "".join(f"<p>{part}</p>" for part in body.split("\n"))
    return piece, Piece(desk.rewritten(piece), lines(to_text(marked)))


def summarised(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    return piece, Piece(desk.rewritten(piece), _opening(piece, desk.random.randint(20, 60)))


def teased(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    title = desk.rewritten(piece)
    cut = _opening(piece, desk.random.randint(25, 55))
    tail = desk.random.choice(
        (
            "... Continue reading",
            f"… Continue reading {title} →",
            f" [&#8230;]\nThe post {title} appeared first on {desk.outlet()}.",
            f" [...]\nThe post {title} first appeared on {desk.outlet()}.",
            "... Read more",
            "…\nRead the full story at " + desk.outlet(),
        )
    )
    return piece, Piece(title, lines(to_text(html.escape(cut) + tail)))


def twice_summarised(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    shorter = Piece(desk.rewritten(piece), _opening(piece, desk.random.randint(22, 32)))
    longer = Piece(desk.rewritten(piece), _opening(piece, desk.random.randint(34, 60)))
    return (shorter, longer) if desk.random.random() < 0.5 else (longer, shorter)


def copy_edited(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    words = piece.text.split(" ")[20:]
    words = words[: max(1, int(len(words) * 0.8))]
    changed = [desk.lower_word() if desk.random.random() < 0.06 and word.isalpha() else word for word in words]
    return piece, Piece(desk.rewritten(piece), f"{desk.retold(piece, 25)}.\n{' '.join(changed)}")


def headline_only(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    return piece, Piece(f"{piece.title} - {desk.outlet()}", "")


def stamped(desk: Desk, piece: Piece) -> tuple[Piece, Piece]:
    day = f"{desk.random.randint(10, 28)}-0{desk.random.randint(1, 9)}-2022"
    clock = f"{desk.random.randint(10, 23)}:{desk.random.randint(10, 59)}"
    text = desk.random.choice(
        (
            f"Photo: {desk.random.choice(REPORTERS)} / {desk.random.choice(AGENCIES)}\n{piece.text}",
            f"{piece.text}\nImage credit: {desk.random.choice(REPORTERS)}",
            f"{piece.text} (ANI)",
            f"Updated: {day} {clock} IST | Created: {day} {clock} IST\n{piece.text}",
            f"{piece.text}\nLast updated: {day} {clock} GMT",
            f"{piece.text}\n(This story has not been edited by our staff and is auto-generated from a syndicated feed.)",
        )
    )
    return piece, Piece(desk.rewritten(piece), text)


def _opening(piece: Piece, number: int) -> str:
    return " ".join(piece.text.replace("\n", " ").split(" ")[:number])


EDITS: dict[str, Edit] = {
    "headline rewritten": retitled,
    "dateline, credits, boxes": credited,
    "30 % of paragraphs cut": thinned,
    "cut to half": halved,
    "two swapped, one foreign": swapped,
    "HTML and typography": typeset,
    "summary of 20-60 words": summarised,
    "teaser cut in a sentence": teased,
    "two summaries": twice_summarised,
    "own lead, copy-edited": copy_edited,
    "headline only": headline_only,
    "credit, (ANI) or stamp": stamped,
}
