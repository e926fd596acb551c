"""Values that strangers hand to each other: what the verbs ask of store, fetch and channels, and what comes back."""

from worker.records.claims import DueDelivery, DueFeed, Manners, PageManners, UnmatchedItem, Waiting
from worker.records.configuring import Change
from worker.records.delivering import DeliveryRecord, Outgoing
from worker.records.fetching import Fetched, FetchRequest, FetchResponse, Purpose, Validators
from worker.records.matching import (
    AlertLine,
    BrokenList,
    FoldedItem,
    ItemToMatch,
    KeyOwner,
    MatchOutcome,
    OpenedStory,
    PageToRead,
    Said,
)
from worker.records.polling import (
    FeedNotice,
    LeasedFeed,
    Memory,
    Outcome,
    Part,
    PollRecord,
    PollResult,
    RecordedPoll,
    Remembered,
    SliceRecord,
)

__all__ = [
    "AlertLine",
    "BrokenList",
    "Change",
    "DeliveryRecord",
    "DueDelivery",
    "DueFeed",
    "FeedNotice",
    "FetchRequest",
    "FetchResponse",
    "Fetched",
    "FoldedItem",
    "ItemToMatch",
    "KeyOwner",
    "LeasedFeed",
    "Manners",
    "MatchOutcome",
    "Memory",
    "OpenedStory",
    "Outcome",
    "Outgoing",
    "PageManners",
    "PageToRead",
    "Part",
    "PollRecord",
    "PollResult",
    "Purpose",
    "RecordedPoll",
    "Remembered",
    "Said",
    "SliceRecord",
    "UnmatchedItem",
    "Validators",
    "Waiting",
]
