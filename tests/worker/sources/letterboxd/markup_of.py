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


def judged(tile: str, rating: int | None = None, *, liked: bool = False, review: bool = False) -> str:
    """A tile of a films or likes page, with what the member makes of the film; `rating` in half stars."""
    stars = f'<span class="rating -micro -darker rated-{rating}">★</span>' if rating else ""
    heart = '<span class="like liked-micro has-icon icon-liked icon-16"><span class="icon"></span></span>'
    text = '<a href="/alice/film/x/" class="review-micro has-icon icon-review tooltip" title="Review"></a>'
    data = f'<p class="poster-viewingdata" data-item-uid="film:1"> {stars} {heart if liked else ""}'
    return tile.replace("</li>", f"{data} {text if review else ''} </p></li>")


def films(*tiles: str, announced: str | None = None, tooltip: str = "title", after: str = "") -> str:
    """A films page; it announces as many films as it has unless told otherwise."""
    total = str(len(tiles)) if announced is None else announced
    return f"""<!DOCTYPE html><html><body class="films-watched"><div id="content">
    <div class="cols-2"><section class="section col-main">
      <h1 class="section-heading"><span class="tooltip" {tooltip}="{total}&nbsp;films">Watched</span></h1>
      <div class="poster-grid"><ul class="grid -p70">{"".join(tiles)}</ul></div>{after}
    </section></div></div>{elsewhere()}</body></html>"""


def likes(*tiles: str, announced: str | None = None, after: str = "") -> str:
    """A likes page; without films it announces none."""
    total = str(len(tiles)) if announced is None else announced
    tooltip = f'class="tooltip" title="{total}&nbsp;films"' if tiles else ""
    return f"""<!DOCTYPE html><html><body class="likes"><div id="content"><section class="section col-main">
      <ul class="sub-nav"><li class="selected {"" if tiles else "empty"}"><a {tooltip} href="/alice/likes/films/">Films
      </a></li><li><a href="/alice/likes/reviews/" class="tooltip" title="18&nbsp;reviews">Reviews</a></li></ul>
      <ul class="poster-list -p70 -grid clear">{"".join(tiles).replace("griditem", "posteritem")}</ul>{after}
    </section></div>{elsewhere()}</body></html>"""


def elsewhere() -> str:
    """Posters beside the page's own grid, as every real page has some."""
    return f'<section class="aside"><ul class="poster-list -p70">{tile_2026("elsewhere", "Elsewhere")}</ul></section>'


def profile(
    *favourites: str,
    name: str = '<h1 class="person-display-name"><span class="displayname tooltip">Alice M.</span></h1>',
    bio: str = "",
    described: str = "Alice M. uses Letterboxd to share film reviews and lists. 1,367 films watched.",
    favourites_id: str = "favourites",
) -> str:
    def statistic(path: str, value: str) -> str:
        return f"""<h4 class="profile-statistic statistic"><a href="/alice/{path}/"><span class="value">{value}</span>
          <span class="definition">{path}</span></a></h4>"""

    loved = f'<section id="{favourites_id}"><ul class="poster-list -p150">{"".join(favourites)}</ul></section>'
    return f"""<!DOCTYPE html><html><head><meta property="og:title" content="Alice M.’s profile">
    <meta property="og:image" content="https://a.ltrbxd.com/avatar-1000.jpg">
    <meta property="og:description" content="{escape(described)}"></head>
    <body class="profile" data-owner="alice"><h1 class="site-logo">Letterboxd</h1><div id="content">
    <section class="profile-header js-profile-header" data-person="alice">{name}{bio}
      <div class="profile-avatar"><img src="https://a.ltrbxd.com/avatar-220.jpg"></div>
      {statistic("films", "1,367")}{statistic("diary/for/2026", "6")}{statistic("lists", "3")}
      {statistic("following", "44")}{statistic("followers", "18")}</section>
    {loved if favourites else ""}</div>{elsewhere()}</body></html>"""
