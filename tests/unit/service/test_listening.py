from contextlib import closing

import pytest

from worker.errors import ConfigurationError, Unavailable
from worker.service.listening import handed_down, listen, port_of


def test_a_port_is_taken_once():
    with closing(listen("127.0.0.1", 0)) as listener:
        assert port_of(listener) > 0
        with pytest.raises(Unavailable, match=f"port {port_of(listener)} of 127.0.0.1 cannot be had"):
            listen("127.0.0.1", port_of(listener))


def test_a_port_that_was_let_go_can_be_had_at_once():
    with closing(listen("127.0.0.1", 0)) as listener:
        port = port_of(listener)
    listen("127.0.0.1", port).close()


def test_a_socket_is_known_by_its_number():
    number = listen("127.0.0.1", 0).detach()
    with closing(handed_down(number)) as listener:
        assert listener.fileno() == number
        assert port_of(listener) > 0


def test_a_host_that_is_none_is_a_mistake_of_whoever_wrote_it():
    with pytest.raises(ConfigurationError, match=r"--host no\.such\.host\.invalid"):
        listen("no.such.host.invalid", 0)
