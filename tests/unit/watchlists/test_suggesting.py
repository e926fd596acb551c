import pytest

from worker.watchlists.suggesting import Suggestion, suggestion

NOISE = ["ukraine football match tonight", "ukraine football coach tonight", "ukraine football cup", "ukraine opera"]
USEFUL = ["ukraine troops", "talks tonight"]


def words(texts):
    return [frozenset(text.split()) for text in texts]


def test_the_term_of_most_noise_and_no_other():
    assert suggestion(words(NOISE), words(USEFUL)) == Suggestion("football", 3, 4, 2)


@pytest.mark.parametrize(
    ("noise", "kept", "sought"),
    [
        ([], [], []),
        (NOISE[:2], USEFUL, []),  # too few
        (NOISE, ["football ukraine"], []),  # one of the others has it
        (NOISE[:3], [], ["football", "ukraine"]),  # what the list looks for
        (["2022 the eu", "2022 the eu", "2022 the eu"], [], []),  # says nothing
    ],
)
def test_nothing_is_suggested_without_reason(noise, kept, sought):
    assert suggestion(words(noise), words(kept), sought=sought) is None


def test_of_equals_the_longest_then_the_first_by_the_alphabet():
    noise = words(["aaaa zzzz longest"] * 3)
    assert suggestion(noise, []).term == "longest"
    assert suggestion(words(["zzzz aaaa"] * 3), []).term == "aaaa"
