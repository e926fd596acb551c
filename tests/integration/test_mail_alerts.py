"""An alert as a subscriber's mailbox gets it, through a real mail server."""

from __future__ import annotations

from contextlib import closing

import pytest
from servers.newsroom import Newsroom

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

HOSTILE = "Ukraine\r\nBcc: everybody@example.net\r\n\r\n=?utf-8?q?=3Cscript=3E?= <b>Київ</b> \u202egnol"


def test_one_proper_mail(tmp_path, feed_server, receiver, mail_sink):
    with closing(Newsroom(tmp_path, feed_server, receiver, smtp_url=mail_sink.url)) as newsroom:
        newsroom.tell({"email": "desk@example.org"})
        up = newsroom.start("up")
        feed_server.wait_for("/stream.xml", 1, timeout=60)
        newsroom.publish(HOSTILE)
        (mail,) = mail_sink.wait_for(1, 20)
        feed_server.wait_for("/stream.xml", len(feed_server.requests("/stream.xml")) + 3)
        up.stop()
    assert mail_sink.mails == [mail]
    assert mail.recipients == ("desk@example.org",)
    message = mail.message
    assert message["To"] == "desk@example.org"
    assert message["Bcc"] is None
    assert message["Message-ID"]
    assert message["Date"]
    subject = message["Subject"]
    assert "Ukraine" in subject
    assert "Київ" in subject
    assert not any(mark in subject for mark in ("\r", "\n", "=?", "\u202e"))
    assert message["List-Id"].startswith("<list.")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, page = (part.get_content() for part in message.iter_parts())
    assert "http://127.0.0.1/n0" in text
    assert "\u202e" not in text + page
    assert "<mark>Ukraine</mark>" in page
    assert "<b>" not in page
    assert len(message.defects) == 0
    (delivery,) = newsroom.home.json("deliveries", "list")
    assert (delivery["state"], delivery["attempts"]) == ("sent", 1)


def test_an_apprise_url_is_one_message_and_no_secret_of_ours(tmp_path, feed_server, receiver):
    url = receiver.url("/s3cret-topic").replace("http://", "ntfy://")
    with closing(Newsroom(tmp_path, feed_server, receiver)) as newsroom:
        newsroom.home.env["TOPIC"] = url
        newsroom.tell({"apprise": "${TOPIC}", "template": "{{ story.headline }}"})
        up = newsroom.start("up")
        feed_server.wait_for("/stream.xml", 1, timeout=60)
        newsroom.publish(HOSTILE + " @everyone http://evil.example")
        (told,) = receiver.wait_for(1, 20)
        feed_server.wait_for("/stream.xml", len(feed_server.requests("/stream.xml")) + 3)
        up.stop()
    assert receiver.received == [told]
    assert told.json.keys() == {"topic", "title", "message"}
    assert told.json["topic"] == "s3cret-topic"
    assert told.json["message"].startswith("Ukraine Bcc: ")
    assert not any(alive in told.body.decode() for alive in ("@everyone", "://evil", "\\u202e"))
    (delivery,) = newsroom.home.json("deliveries", "list")
    assert (delivery["state"], delivery["attempts"]) == ("sent", 1)
    assert delivery["channel"] == f"apprise ntfy://{receiver.address}/..."
    assert not any("s3cret" in line for lines in newsroom.said() for line in lines)
