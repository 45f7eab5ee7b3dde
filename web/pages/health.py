"""Whether this process lives; whether Marquee as a whole is well is the API's to say."""

from litestar import MediaType, get


@get("/health/live", media_type=MediaType.JSON)
async def live() -> dict[str, str]:
    return {"status": "ok"}
