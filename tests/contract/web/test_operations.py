"""Health, readiness and figures."""

import re
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from contract.web.conftest import Site, now, tell
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from worker.errors import StoreUnavailable
from worker.web.access import is_local
from worker.wiring import Engine


def test_a_process_that_answers_is_alive_whatever_the_database_does(site, engine, monkeypatch):
    monkeypatch.setattr(engine.store, "status", away)
    monkeypatch.setattr(engine.store, "ages", away)
    assert (site.ask("/healthz").status, site.ask("/healthz", "HEAD").body) == (200, b"")
    ready = site.ask("/readyz")
    assert (ready.status, ready.json) == (503, {"ready": False, "database": False})
    metrics = site.ask("/metrics")
    assert (metrics.status, metrics.headers["Retry-After"]) == (503, "5")
    assert "hunter2" not in metrics.text


def away(**_):
    raise StoreUnavailable("database hunter2 does not answer")


def test_a_service_that_does_its_work_in_time_is_ready(site):
    answer = site.ask("/readyz")
    assert (answer.status, answer.json) == (200, {"ready": True, "database": True, "late": {}})


def test_whether_it_is_ready_costs_no_count_of_all_that_ever_was(site, engine, monkeypatch):
    monkeypatch.setattr(engine.store, "status", away)
    assert site.ask("/readyz").status == 200


def test_a_service_with_late_work_is_not_ready(site, world):
    (feed,) = world.store.feeds_list()
    long_ago = now() - timedelta(minutes=10)
    world.polled(feed.id, "n", at=long_ago)
    time.sleep(0)
    answer = site.ask("/readyz")
    assert answer.status == 503
    assert answer.json["late"]["item"] == 600.0 or answer.json["late"]["item"] > 599


def test_the_figures_are_those_of_the_database(site, engine, world):
    alert = tell(world, "one", "two", lists=("Kyiv", "Ukraine"))[0]
    world.store.mark_alert(1, alert, "useful", now=now())
    engine.heartbeat("beat", 4711)
    answer = site.ask("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    assert found["tocsin_feeds", ("state", "ok")] == 1
    assert found["tocsin_alerts_total",] == 4
    assert found["tocsin_alerts_24h",] == 4
    assert found["tocsin_items_24h",] == 2
    assert found["tocsin_unmatched_items",] == 0
    assert found["tocsin_unended_deliveries", ("channel", "log"), ("state", "pending")] == 2
    assert found["tocsin_deliveries_24h", ("channel", "webhook"), ("state", "pending")] == 2
    assert found["tocsin_deliveries", ("state", "pending")] == 4
    assert found["tocsin_watch_lists", ("state", "active")] == 2
    assert found["tocsin_watch_list_marked_30d", ("mark", "useful"), ("watch_list", "Kyiv")] == 1
    assert found["tocsin_watch_list_marked_30d", ("mark", "noise"), ("watch_list", "Kyiv")] == 0
    assert found["tocsin_latency_seconds", ("quantile", "0.95"), ("stage", "seen_to_alert")] >= 0
    assert found["tocsin_watch_list_latency_seconds", ("quantile", "0.5"), ("stage", "seen_to_alert"),
                 ("watch_list", "Kyiv")] >= 0  # fmt: skip
    roles = {dict(key[1:])["role"] for key in found if key[0] == "tocsin_heartbeat_age_seconds"}
    assert roles == {"beat", "web"}


def test_figures_may_be_some_seconds_old_but_are_not_asked_for_each_time(site, world):
    before = samples(site.ask("/metrics").text)["tocsin_alerts_total",]
    tell(world, "one")
    assert samples(site.ask("/metrics").text)["tocsin_alerts_total",] == before


def test_openmetrics_is_told_to_who_asks_for_it(site):
    answer = site.ask("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:8000"},
        {"Host": "[::"},
        {"X_Forwarded_For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_figures_are_for_programs_on_this_machine(site, headers):
    answer = site.ask("/metrics", **headers)
    assert (answer.status, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert not re.search("tocsin_", answer.text)


@pytest.mark.parametrize(
    ("client", "host", "local"),
    [
        (("127.0.0.1", 1), "localhost:8000", True),
        (("::1", 1), "[::1]:8000", True),
        (("192.0.2.1", 1), "localhost:8000", False),
        (("nonsense", 1), "localhost:8000", False),
        (None, "localhost", False),
        (("127.0.0.1", 1), "", False),
    ],
)
def test_a_program_on_this_machine_is_known_by_its_address_and_ours(client, host, local):
    scope = {"type": "http", "client": client, "headers": [(b"host", host.encode())]}
    assert is_local(Request(scope)) is local


def reached(engine, base_url, **more):
    """A web role that people reach by this address."""
    return closing(Site(Engine(replace(engine.settings, base_url=base_url), engine.store), **more))


@pytest.mark.parametrize("base_url", ["https://tocsin.example", "http://192.0.2.1:8000/desk"])
def test_where_people_come_from_elsewhere_figures_are_for_who_has_the_token(engine, world, base_url):
    # A proxy on this machine that says nothing of itself cannot be told from a program here.
    with reached(engine, base_url) as site:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": ""}):
            assert site.ask("/metrics", **headers).status == 403
        assert site.ask("/healthz").status == 200
    with reached(engine, base_url, metrics_token="t0ken") as site:
        for wrong in ("Bearer t0ke", "Bearer", "t0ken", "Basic t0ken", "Bearer t\xf6ken"):
            assert site.ask("/metrics", Authorization=wrong).status == 403
        assert site.ask("/metrics").status == 403
        assert site.ask("/metrics", Authorization="Bearer t0ken", X_Forwarded_For="192.0.2.1").status == 200


@pytest.mark.parametrize("base_url", ["http://localhost:9000", "http://[::1]:8000", "http://127.0.0.1:8000"])
def test_where_people_come_from_here_only_figures_need_no_token(engine, world, base_url):
    with reached(engine, base_url, metrics_token="t0ken") as site:
        assert site.ask("/metrics").status == 200
        assert site.ask("/metrics", Host="tocsin.example").status == 403
        assert site.ask("/metrics", Host="tocsin.example", Authorization="Bearer t0ken").status == 200


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
