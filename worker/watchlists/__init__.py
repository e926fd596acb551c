"""The query language and the compiled set of all watch lists. PURE."""

from worker.watchlists.canonical import canonical, query_of
from worker.watchlists.compiled import CompiledSet
from worker.watchlists.grammar import parse
from worker.watchlists.query import CompiledQuery, compile_query

__all__ = ["CompiledQuery", "CompiledSet", "canonical", "compile_query", "parse", "query_of"]
