"""What Letterboxd's own links to TMDB prove: a feed names each film's title, where else its page would have to be read.

A link is believed as one on a film's page is: never against a person's choice or an earlier proof, and not where TMDB
has the title no more or where it contradicts the film, since a link can be stale.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from api.db import matches, watchlists
from api.db.corrections import TitleKey
from api.db.matches import FilmWork, MatchNews
from api.errors import KeyRefused, Missing, SourceError
from worker.sources.tmdb.matching import contradicts
from worker.sync.case import Match, Method
from worker.sync.films import FilmTurn, Overtaken, Tools
from worker.sync.reach import GivenUp

METHOD: Method = "rss"
BECAUSE = "Letterboxd links to this title."


async def prove(tools: Tools, links: Mapping[int, TitleKey]) -> bool:
    """Take these titles, by film id, for proven where that may be; False where some are to be looked at another time.

    A film that somebody else matched meanwhile is looked at once more.
    """
    looked_at = [await _look_twice(tools, work, links[work.film_id]) for work in await _doubtful(tools, links)]
    return all(looked_at)


async def _look_twice(tools: Tools, work: FilmWork, link: TitleKey) -> bool:
    try:
        return await _look(tools, work, link)
    except Overtaken:
        with suppress(Overtaken):
            return all([await _look(tools, anew, link) for anew in await _doubtful(tools, {work.film_id: link})])
    return False


async def _doubtful(tools: Tools, links: Mapping[int, TitleKey]) -> list[FilmWork]:
    """The films whose titles TMDB must be asked about first; the others have theirs when this ends.

    What needs no question is written down at once: the title that a film has already, or the first one that it gets.
    A film on nobody's watchlist gets that unread: TMDB is asked about it when somebody wants to see it.
    """
    now, doubtful = datetime.now(UTC), []
    async with tools.database.write() as db:
        await tools.fence(db)
        works = [work for work in await matches.work(db, list(links), tools.countries) if _is_open(work)]
        listed = await watchlists.listed(db, [work.film_id for work in works])
        for work in works:
            media_type, tmdb_id = link = links[work.film_id]
            if work.title_key == link:
                await matches.confirm(db, work.film_id, link, METHOD, now)
            elif work.title_key or work.film_id in listed:
                doubtful.append(work)
            else:
                news = MatchNews(state="found", media_type=media_type, tmdb_id=tmdb_id)
                news.method, news.confidence = METHOD, "proven"
                await matches.record(db, work.film_id, news, now)
    return doubtful


def _is_open(work: FilmWork) -> bool:
    return not work.locked and work.confidence != "proven"


async def _look(tools: Tools, work: FilmWork, link: TitleKey) -> bool:
    """Read the title, and take it over with its offers where it is the film; False where TMDB did not answer.

    Another film that was taken for this title, without proof, is matched again. Raises Overtaken.
    """
    try:
        found = await tools.tmdb.details(*link, tools.countries)
    except Missing:
        return True
    except KeyRefused:
        raise
    except (SourceError, GivenUp):
        return False
    if contradicts(found, titles=[work.title], year=work.year):
        return True
    match = Match(
        state="found", media_type=link[0], tmdb_id=link[1], method=METHOD, confidence="proven", because=BECAUSE
    )
    await FilmTurn(tools, work).store(found, match)
    return True
