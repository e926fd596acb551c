"""The real parts that reach out of the process: to feeds and pages, to receivers, to the parser process."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from worker.channels.apprise import AppriseChannel
from worker.channels.log import LogChannel
from worker.channels.mail import MailChannel, sender_of
from worker.channels.smtp import parse_smtp_url
from worker.channels.webhook import WebhookChannel
from worker.clock import SystemClock
from worker.fetch.egress import Egress
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.loop_thread import LoopThread
from worker.fetch.policy import Policy
from worker.fetch.poster import GuardedPoster
from worker.fetch.transport import GuardedTransport, trusting_tls
from worker.fetch.user_agent import user_agent
from worker.parsing.process import ParserProcess

if TYPE_CHECKING:
    from config.values import Settings
    from worker.channels.ports import AnsweringChannel


class Outside:
    """Made in the process that uses it; nothing is opened before it is needed. Close it.

    Attributes:
        fetcher: For feeds, pages, robots.txt and OPML lists: one guard, and one set of connections.
        parser: Reads feeds and pages; those that may be costly in a process beside.
        channels: By kind.
    """

    def __init__(self, settings: Settings) -> None:
        # What is said to the outside goes by this machine's clock; leases and due times by the database's.
        clock = SystemClock()
        thread, tls = LoopThread(), trusting_tls()
        agent = user_agent(version("tocsin"), settings.contact_url)
        fetching = GuardedTransport(Policy(settings.fetch_allow), tls=tls)
        delivering = GuardedTransport(Policy(settings.deliver_allow), tls=tls)
        self.fetcher = FeedFetcher(Egress(thread, fetching, agent, clock))
        self.parser = ParserProcess()
        self._poster = GuardedPoster(Egress(thread, delivering, agent, clock))
        self.channels: dict[str, AnsweringChannel] = {
            # The web role has no pages of alerts yet, so what a webhook gets names none (INTERFACE 8.12).
            "webhook": WebhookChannel(self._poster, clock, base_url=None),
            "email": MailChannel(
                parse_smtp_url(settings.smtp_url), clock, sender=sender_of(settings.mail_from, platform.node())
            ),
            "apprise": AppriseChannel(self._poster),
            "log": LogChannel(),
        }

    def close(self) -> None:
        """Close connections, threads and the process beside."""
        self.fetcher.close()
        self._poster.close()
        self.parser.close()
