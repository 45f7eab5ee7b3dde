"""Small pages of our own in the structure of Letterboxd's, in each of its generations."""

from html import escape
from json import dumps


def tile_2026(
    slug: str = "lighthouse-road", name: str = "Lighthouse Road (1987)", lid: str = "a1B2", number: int = 4321
) -> str:
    return _tile(slug, name, lid, number, "")


def tile_2025(
    slug: str = "lighthouse-road", name: str = "Lighthouse Road (1987)", lid: str = "a1B2", number: int = 4321
) -> str:
    return _tile(slug, name, lid, number, f'data-film-id="{number}" data-poster-url="/film/{slug}/image-150/"')


def _tile(slug: str, name: str, lid: str, number: int, more: str) -> str:
    postered = {"lid": lid, "uid": f"film:{number}", "type": "film", "typeName": "film"}
    return f"""
    <li class="griditem"><div class="react-component" data-component-class="LazyPoster" {more}
      data-item-name="{escape(name)}" data-item-slug="{slug}" data-item-link="/film/{slug}/"
      data-item-full-display-name="{escape(name)}" data-postered-identifier="{escape(dumps(postered))}"
      data-resolvable-poster-path="{escape(dumps({"postered": postered, "cacheBustingKey": "00ff"}))}"
      data-target-link="/film/{slug}/">
      <div class="poster film-poster"><img class="image" alt="not the title"></div></div></li>"""


def tile_old(slug: str = "/film/lighthouse-road/", name: str = "Lighthouse Road", number: int = 4321) -> str:
    return f"""
    <li class="poster-container" data-owner-rating="0"><div class="really-lazy-load poster film-poster"
      data-film-id="{number}" data-film-slug="{slug}" data-target-link="{slug}">
      <img class="image" alt="{escape(name)}"/></div></li>"""


def watchlist(*tiles: str, announced: str | None = None, after: str = "", grid: str = "ul class='grid -p125'") -> str:
    """A watchlist page; it announces as many films as it has unless told otherwise, and no number for ""."""
    number = str(len(tiles)) if announced is None else announced
    attribute = f'data-num-entries="{number}"' if number else ""
    return f"""<!DOCTYPE html><html><body class="watchlist"><div id="content">
    <div class="cols-2 js-watchlist-content" {attribute}>
      <section class="section col-24 col-main js-watchlist-main-content">
        <div class="poster-grid"><{grid}>{"".join(tiles)}</{grid.split()[0]}></div>{after}
      </section></div></div></body></html>"""


def pagination(following: str | None) -> str:
    link = f'<a class="next" href="{following}">Older</a>' if following else '<span class="next">Older</span>'
    return f"""<div class="pagination">
      <div class="paginate-nextprev paginate-disabled"><span class="previous">Newer</span></div>
      <div class="paginate-nextprev">{link}</div></div>"""


def film(
    *,
    links: str = '<a href="https://www.themoviedb.org/movie/777/" data-track-action="TMDB">TMDB</a>',
    body: str = 'data-tmdb-type="movie" data-tmdb-id="777"',
    title: str = "Lighthouse Road",
    year: str = '<span class="releasedate"><a href="/films/year/1987/">1987</a></span>',
    og_title: str = "Lighthouse Road (1987)",
    linked_data: str = "",
    head: str = "",
    content: str = "",
) -> str:
    return f"""<!DOCTYPE html><html><head>
    <meta property="og:url" content="https://letterboxd.com/film/lighthouse-road/">
    <meta property="og:title" content="{escape(og_title)}">{head}</head>
    <body class="film" data-type="film" {body}><h1 class="site-logo">Letterboxd</h1>
    <section class="production-masthead">
      <h1 class="headline-1 primaryname"><span class="name">{title}</span></h1>{year}</section>
    {content}
    <p class="text-link text-footer"> 1,147&nbsp;mins &nbsp; More at {links}
      <a href="#" data-report-url="/ajax/film:4321/report-form">Report</a></p>
    <p>Film data from <a href="https://www.themoviedb.org">TMDB</a></p>
    <script type="application/ld+json">
    /* <![CDATA[ */
    {linked_data}
    /* ]]> */
    </script></body></html>"""
