import inspect

import pytest

from worker.channels.apprise import AppriseChannel
from worker.channels.log import LogChannel
from worker.channels.mail import MailChannel
from worker.channels.webhook import WebhookChannel
from worker.feeds.parse import parse
from worker.fetch.feed_fetcher import FeedFetcher
from worker.pipeline import match_ports, ports
from worker.pipeline.choices import ChoiceStore
from worker.store import Store
from worker.store.matching import Matching

PARTS = [
    *((port, Store) for port in (ports.ClaimStore, ports.PollStore, match_ports.MatchStore)),
    *((port, Store) for port in (ports.DeliverStore, ports.SyncStore, ChoiceStore)),
    (match_ports.MatchTransaction, Matching),
    *((port, FeedFetcher) for port in (ports.Fetcher, ports.PageFetcher)),
    *((ports.Channel, channel) for channel in (AppriseChannel, LogChannel, MailChannel, WebhookChannel)),
]


def asked(method):
    """Names, kinds and defaults of the parameters."""
    return [(one.name, one.kind, one.default) for one in inspect.signature(method).parameters.values()]


@pytest.mark.parametrize(("port", "part"), PARTS, ids=lambda given: given.__name__)
def test_the_real_parts_take_what_the_ports_pass(port, part):
    methods = {name: method for name, method in vars(port).items() if not name.startswith("_")}
    assert methods
    for name, method in methods.items():
        given, passed = asked(getattr(part, name)), asked(method)
        named = {one[0]: one for one in passed}
        assert [one[0] for one in given if one[0] in named] == [one[0] for one in passed], name
        for parameter, kind, default in given:
            # What a port asks for a part may leave open, and what it does not know of it must.
            _, wanted, promised = named.get(parameter, (parameter, kind, inspect.Parameter.empty))
            assert kind == wanted, (name, parameter)
            left_open = default is not inspect.Parameter.empty
            assert default == promised or (left_open and promised is inspect.Parameter.empty), (name, parameter)


def test_the_real_parser_takes_what_polling_passes():
    names = [name for name, _, _ in asked(ports.Parse.__call__)]
    assert names == ["self", *(name for name, _, _ in asked(parse))]
