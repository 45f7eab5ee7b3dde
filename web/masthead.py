"""What the head of every page shows beside its links."""

from web.client import MarqueeApi, or_else


async def waiting_questions(api: MarqueeApi) -> int:
    """How many questions wait for an answer; 0 where nobody can say: no page fails for a number at its edge."""
    return await or_else(api.questions_count(), 0)
