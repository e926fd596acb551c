from worker.pipeline.indexing import AT_ONCE, keep_index


class Shelf:
    """An index that takes a second for each step, and has so many items and steps to do."""

    def __init__(self, *, items, tidying=0):
        self.items, self.tidying, self.time, self.paused = items, tidying, 0.0, []

    def index_items(self, *, limit):
        self.time += 1
        done = min(limit, self.items)
        self.items -= done
        return done

    def tidy_index(self):
        self.time += 1
        self.tidying -= 1
        return self.tidying > 0

    def pause(self, seconds):
        self.paused.append(seconds)
        self.time += seconds


def kept(shelf, seconds):
    return keep_index(shelf, seconds=seconds, clock=lambda: shelf.time, pause=shelf.pause)


def test_all_is_indexed_and_brought_into_shape():
    shelf = Shelf(items=2 * AT_ONCE + 5, tidying=3)
    assert kept(shelf, 100) == 2 * AT_ONCE + 5
    assert (shelf.items, shelf.tidying) == (0, -2)


def test_others_have_as_much_time_as_it_takes():
    shelf = Shelf(items=AT_ONCE)
    kept(shelf, 100)
    assert shelf.paused == [1.0] * 3, "an item's step, one of tidying, and one in which nothing was left"


def test_it_ends_when_its_time_is_over():
    shelf = Shelf(items=1_000 * AT_ONCE, tidying=5)
    assert kept(shelf, 3) == AT_ONCE
    assert (shelf.time, shelf.tidying) == (4, 4)
    assert kept(shelf, 0) == 0
