"""`country:XX` of the query language: what a country is called, in every language that CLDR knows. PURE."""

from worker.watchlists.countries.asking import meant, shown
from worker.watchlists.countries.codes import countries, is_country
from worker.watchlists.countries.holding import ANYWHERE
from worker.watchlists.countries.manner import Manner, written_so
from worker.watchlists.countries.names import CountryNames, country_names

__all__ = [
    "ANYWHERE",
    "CountryNames",
    "Manner",
    "countries",
    "country_names",
    "is_country",
    "meant",
    "shown",
    "written_so",
]
