"""Stories as rows and lines."""

from datetime import UTC, datetime, timedelta

from worker.cli import stories
from worker.cli.story_rows import story_lines, story_row, whole_story
from worker.store.story_rows import ReportRow, StoryRow

AT = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)
WINDOW = timedelta(days=5)
STORY = StoryRow(4, "Talks over", "https://bank.example@alpha.example/x", 1, None, 1, 1, AT, AT, None, None, None, 0)


def report(link):
    given = dict.fromkeys(ReportRow.__dataclass_fields__)
    told = {
        "id": 1,
        "title": "Talks over",
        "text": "",
        "link": link,
        "feed": "Alpha",
        "first_seen": AT,
        "revisions": (),
    }
    return ReportRow(**given | told)


def test_links_lose_user_and_password():
    assert story_row(STORY, now=AT, window=WINDOW)["link"] == "https://alpha.example/x"
    reports = [report(STORY.link), report(None)]
    document = whole_story(STORY, reports, now=AT, window=WINDOW)
    assert [one["link"] for one in document["items"]] == ["https://alpha.example/x", None]
    lines = story_lines(STORY, reports, now=AT, window=WINDOW, width=None)
    assert lines[1] == "https://alpha.example/x"
    assert "bank.example" not in "\n".join(lines)


def test_a_report_is_named_by_its_link_as_shown_or_as_it_is():
    class Store:
        def story(self, _):
            return STORY, [report(STORY.link), report(None)]

    for link in (STORY.link, "https://alpha.example/x"):
        assert stories._items(Store(), link, 4) == [1]
