"""Whether this process lives; whether Marquee as a whole is well is the API's to say."""

from litestar import HttpMethod, MediaType, route


@route("/health/live", http_method=[HttpMethod.GET, HttpMethod.HEAD], media_type=MediaType.JSON)
async def live() -> dict[str, str]:
    return {"status": "ok"}
