import pytest

from worker.errors import QueryError
from worker.watchlists.referring import refers, with_new_name


@pytest.mark.parametrize(
    ("query", "does"),
    [
        ("list:Grain", True),
        ('bread -(wheat OR list:"Grain")', True),
        ("list:Grains bread", False),
        ('"list:Grain"', False),
        ("grain", False),
        ("list:Grain (", False),
    ],
)
def test_a_query_refers_to_a_list_by_its_name(query: str, *, does: bool) -> None:
    assert refers(query, "Grain") == does


def test_a_new_name_stands_where_the_old_one_stood_and_all_else_stays() -> None:
    query = 'bread   OR list:Grain -( list:"Grain" list:Other )'
    assert with_new_name(query, "Grain", "Wheat") == "bread   OR list:Wheat -( list:Wheat list:Other )"
    assert with_new_name("list:Grain x", "Grain", "Grain deal") == 'list:"Grain deal" x'
    with pytest.raises(QueryError):
        with_new_name("list:Grain x", "Grain", 'say "grain"')
