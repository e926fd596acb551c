"""The links that a message carries are those that the web role opens."""

from urllib.parse import urlsplit

from contract.web.conftest import now, tell

from worker.alerts.links import with_links
from worker.alerts.model import Message


def linked(engine, world):
    """A message of two lists as a channel gets it."""
    (alert, _) = tell(world, "one", lists=("Kyiv", "Ukraine"))
    outgoing = world.store.begin_deliveries(
        [row.id for row in world.store.deliveries_list()], owner="h:1:1", now=now(), lease=now() - now()
    )
    facts = world.store.alerts_of(outgoing[0], now=now())
    message = Message("k", "alert.created", now(), "desk", tuple(facts))
    signer, to = engine.link_signer(), world.store.addressee(outgoing[0].channel.id)
    return alert, with_links(message, signer, to, now=now())


def test_no_message_has_links_while_no_web_role_runs(engine, world):
    assert engine.link_signer() is None


def test_each_link_does_what_it_is_for(site, engine, world):
    alert, message = linked(engine, world)
    links = message.alerts[0].links
    for url in (
        links.useful,
        links.noise,
        links.mute,
        links.pause,
        message.links.preferences,
        message.links.unsubscribe,
    ):
        assert url.startswith(f"http://127.0.0.1:{site.port}/links/")
        assert site.ask(urlsplit(url).path).status == 200
    assert site.post(urlsplit(links.useful).path).status == 200
    assert world.store.markable(alert).mark == "useful"
    assert site.post(urlsplit(message.links.unsubscribe).path, List_Unsubscribe="One-Click").status == 200
    assert all(one.paused_since is not None for one in world.store.chooser(1).lists)
    assert world.store.chooser(1).paused_since is None  # other lists tell it still
