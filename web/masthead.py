"""What the head of every page shows beside its links."""

from web.client import ApiError, MarqueeApi


async def waiting_questions(api: MarqueeApi) -> int:
    """How many questions wait for an answer; 0 where nobody can say: no page fails for a number at its edge."""
    try:
        return await api.questions_count()
    except ApiError:
        return 0
