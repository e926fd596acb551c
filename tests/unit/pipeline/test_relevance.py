from worker.pipeline.relevance import score_of
from worker.watchlists.model import Hit, Span


def score(*fields, terms=("a",), words=100, behind=0, of=1_000):
    spans = tuple(Span(field, 0, 1) for field in fields)
    return score_of(Hit(0, terms, spans), words=words, behind=behind, of=of)


def test_the_title_counts_most_three_places_at_most():
    assert score("title") > score("text") > 0
    assert score("title", "title") > score("title", "text")
    assert score(*["title"] * 4) == score(*["title"] * 3)


def test_places_in_the_text_count_less_and_less_and_less_in_long_texts():
    one, two, three = (score(*["text"] * places) for places in (1, 2, 3))
    assert one < two < three
    assert two - one > three - two
    assert score("text", words=1_000) < score("text", words=100) == score("text", words=5)


def test_further_terms_count():
    assert score("text", "text", terms=("a", "b")) > score("text", "text", terms=("a",))


def test_newness_decides_between_equals():
    assert score("text") > score("text", behind=10) > score("text", behind=500)
    assert score("title", behind=500) > score("category", terms=())
    assert score("text", behind=0, of=1) == score("text")
