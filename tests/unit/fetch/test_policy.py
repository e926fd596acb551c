"""What allow lists allow, and nothing besides."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from worker.errors import ConfigurationError, Refused
from worker.fetch.host import Host, canonical_host
from worker.fetch.policy import Policy

LOOPBACK = ip_address("127.0.0.1")


def test_without_an_allow_list_only_public_addresses() -> None:
    policy = Policy()
    assert policy.admits(ip_address("8.8.8.8"), 80)
    assert not policy.admits(LOOPBACK, 80)
    assert not policy.admits(LOOPBACK, 80, name="localhost")


@pytest.mark.parametrize(
    ("allow", "address", "port", "name", "admitted"),
    [
        ("127.0.0.1:8801", "127.0.0.1", 8801, None, True),
        ("127.0.0.1:8801", "127.0.0.1", 8801, "localhost", True),
        ("127.0.0.1:8801", "127.0.0.1", 8802, None, False),
        ("127.0.0.1:8801", "127.0.0.2", 8801, None, False),
        ("127.0.0.1:8801", "::ffff:127.0.0.1", 8801, None, True),
        ("127.0.0.1:8801", "64:ff9b::7f00:1", 8801, None, False),
        ("127.0.0.1:8801", "::1", 8801, None, False),
        ("[::ffff:127.0.0.1]:8801", "127.0.0.1", 8801, None, True),
        ("[::1]:8801", "::1", 8801, None, True),
        ("[::1]:8801", "::1", 8802, None, False),
        ("127.0.0.1", "127.0.0.1", 1, None, True),
        ("::1", "::1", 1, None, True),
        ("10.1.0.0/16", "10.1.2.3", 1, "x", True),
        ("10.1.0.0/16", "::ffff:10.1.2.3", 1, "x", True),
        ("10.1.0.0/16", "10.2.2.3", 1, "x", False),
        ("fd00::/8", "fd12::1", 1, None, True),
        ("fd00::/8", "10.1.2.3", 1, None, False),
        ("localhost:8801", "127.0.0.1", 8801, "localhost", True),
        ("LocalHost.:8801", "::1", 8801, "localhost", True),
        ("localhost:8801", "127.0.0.1", 8801, None, False),
        ("localhost:8801", "127.0.0.1", 8802, "localhost", False),
        ("localhost:8801", "127.0.0.1", 8801, "other", False),
    ],
)
def test_one_entry(allow: str, address: str, port: int, name: str | None, admitted: bool) -> None:
    assert Policy([allow]).admits(ip_address(address), port, name=name) is admitted


@pytest.mark.parametrize(
    "entry",
    ["", "localhost", "10.1.2.3/16", "10.0.0.0/99", "localhost:", "localhost:0", "localhost:65536", "localhost:x", "::1:8801x", "127.1:80", "0x7f.1:80", "a b:80", "http://h:80", ":80", "h:８０"],
)  # fmt: skip
def test_an_entry_of_no_form_is_a_configuration_error(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="allows nothing: write"):
        Policy(["10.0.0.0/8", entry])


def test_an_unbracketed_ipv6_address_with_a_port_is_one_address() -> None:
    assert Policy(["::1:8801"]).admits(ip_address("::1:8801"), 5)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org"),
        ("_dmarc.example", "_dmarc.example"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("3.example", "3.example"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0:0::1", "::1"),
    ],
)
def test_canonical_hosts(raw: str, name: str) -> None:
    host = canonical_host(raw)
    assert host.name == name
    assert (host.address is None) == (name not in {"127.0.0.1", "::1"})


@pytest.mark.parametrize(
    "raw",
    ["", ".", "a..b", "-a.b", "a-.b", "127.1", "127.0.1", "0", "2130706433", "017700000001", "0177.0.0.1", "0x7f000001", "0x7f.0.0.1", "0x", "1.2.3.256", "1.2.3.4.5", "a.0x", "a.1", "a%20b", "%6c", "fe80::1%25eth0", "::1%lo", "a" * 64, "a." * 127 + "ab", "bücher", "a\\b", "a b", "[::1]"],
)  # fmt: skip
def test_odd_hosts_are_refused_by_their_form(raw: str) -> None:
    with pytest.raises(Refused, match="refused by its form"):
        canonical_host(raw)


def test_how_a_host_is_named_in_messages() -> None:
    assert Host("example.org", None).at(80) == "example.org:80"
    assert canonical_host("::1").at(8801) == "[::1]:8801"
