"""Subscribers' links, `/links/{token}`: a GET says what will happen, for scanners follow links too; a POST does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.status import HTTP_303_SEE_OTHER, HTTP_400_BAD_REQUEST, HTTP_404_NOT_FOUND

from worker.alerts.links import Link, read_token, token_of
from worker.alerts.pauses import LENGTHS, pause_end
from worker.pipeline import choices
from worker.web import choice_words as words
from worker.web.pages import page
from worker.web.parts import Parts, TheParts

if TYPE_CHECKING:
    from worker.store.web_rows import ChooserRow, ListChoiceRow, MarkableRow

router = APIRouter()

NO_LINK = "This link opens nothing, or does so no more. The next message brings new ones."
MOST_FIELDS = 20
ALL = "all"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that holds: whose it is, and the lists, or the alert, that it is about."""

    link: Link
    chooser: ChooserRow
    lists: tuple[ListChoiceRow, ...] = ()
    alert: MarkableRow | None = None

    @property
    def is_over(self) -> bool:
        """Whether none of the lists that it was about is told to the subscriber any more."""
        return bool(self.link.subjects) and not self.lists and self.alert is None

    @property
    def subjects(self) -> list[int] | None:
        """The lists that it is about; None: all."""
        return [one.id for one in self.lists] if self.link.subjects else None


def open_link(token: str, parts: TheParts) -> Opened:
    """Return what a token opens, or refuse: the same for one that is void, forged, or of somebody who is gone."""
    link = read_token(token, parts.key)
    chooser = parts.engine.store.chooser(link.subscriber) if link is not None else None
    if link is None or chooser is None or chooser.links != link.version or not link.knows(chooser.made_at):
        raise HTTPException(HTTP_404_NOT_FOUND, NO_LINK)
    if link.purpose in ("useful", "noise", "mute"):
        alert = parts.engine.store.markable(link.subjects[0])
        if alert is None or alert.subscriber != chooser.id or not link.knows(alert.made_at):
            raise HTTPException(HTTP_404_NOT_FOUND, NO_LINK)
        return Opened(link, chooser, alert=alert)
    return Opened(
        link, chooser, tuple(one for one in chooser.lists if one.id in link.subjects and link.knows(one.made_at))
    )


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form, each once; of any other body none."""
    try:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(HTTP_400_BAD_REQUEST) from None
    return {name: values[-1] for name, values in fields.items()}


TheLink = Annotated[Opened, Depends(open_link)]
TheForm = Annotated[dict[str, str], Depends(form_of)]


@router.api_route("/links/{token}", methods=["GET", "HEAD"])
def show(opened: TheLink, parts: TheParts) -> Response:
    """Show what the link does, and a button."""
    if opened.is_over:
        return _done(words.OVER)
    if opened.link.purpose == "preferences":
        now = parts.engine.clock.now()
        return page("preferences.html", words.preferences(opened.chooser, now=now))
    if opened.link.purpose == "pause":
        return page("pause.html", words.pause(opened.chooser, opened.lists))
    return page("choice.html", words.choice(opened.link.purpose, opened.chooser, opened.lists, opened.alert))


@router.post("/links/{token}")  # noqa: FAST003 - `open_link` takes it
def do(opened: TheLink, form: TheForm, parts: TheParts) -> Response:
    """Do what the link is for; RFC 8058's one click is such a POST. Neither cookie nor referer is needed."""
    store, now, chooser = parts.engine.store, parts.engine.clock.now(), opened.chooser
    if opened.is_over:
        return _done(words.OVER)
    if opened.link.purpose == "preferences":
        return _prefer(opened, form, parts) or _again(opened, parts)
    if opened.link.purpose == "pause":
        lists = None if form.get("of") == ALL else opened.subjects
        return _done(words.paused(chooser, _pause(chooser, lists, form, parts)))
    if opened.link.purpose == "unsubscribe":
        choices.pause(store, chooser.id, opened.subjects, until=None, now=now)
        return _done(words.UNSUBSCRIBED)
    alert = opened.link.subjects[0]
    if opened.link.purpose == "mute":
        choices.mute(store, chooser.id, alert, now=now)
        return _done(words.MUTED)
    choices.mark(store, chooser.id, alert, "useful" if opened.link.purpose == "useful" else "noise", now=now)
    return _done(words.MARKED)


def _again(opened: Opened, parts: Parts) -> Response:
    """Return to the link itself, by the token that we make, not by what was asked for."""
    return RedirectResponse(token_of(opened.link, parts.key), HTTP_303_SEE_OTHER)


def _prefer(opened: Opened, form: dict[str, str], parts: Parts) -> Response | None:
    """Do what a button of the preferences says; None where they are to be shown again."""
    store, chooser, of = parts.engine.store, opened.chooser, form.get("of", "")
    mine = {str(one.id): [one.id] for one in chooser.lists}
    if of != ALL and of not in mine:
        raise HTTPException(HTTP_400_BAD_REQUEST)
    lists = None if of == ALL else mine[of]
    action = form.get("do")
    if action == "pause":
        _pause(chooser, lists, form, parts)
    elif action == "resume":
        choices.resume(store, chooser.id, lists)
    elif action == "void":
        choices.void_links(store, chooser.id)
        return page("done.html", {"title": "All earlier links are void", "said": words.VOID})
    else:
        raise HTTPException(HTTP_400_BAD_REQUEST)
    return None


def _pause(chooser: ChooserRow, lists: list[int] | None, form: dict[str, str], parts: Parts) -> str:
    """Pause as long as the form says; return until when, in words."""
    length = next((one for one in LENGTHS if one == form.get("for")), None)
    if length is None:
        raise HTTPException(HTTP_400_BAD_REQUEST)
    now = parts.engine.clock.now()
    until = pause_end(length, now=now, timezone=chooser.timezone)
    choices.pause(parts.engine.store, chooser.id, lists, until=until, now=now)
    return words.until(until, chooser.timezone)


def _done(said: str) -> Response:
    return page("done.html", {"title": "Done", "said": said})
