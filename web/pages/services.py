"""The services that a member pays for, country by country."""

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import HttpMethod, post, route
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from web.client import MarqueeApi
from web.countries import country_name
from web.links import web_address
from web.masthead import waiting_questions
from web.memory_shapes import Service
from web.pages.requests import NOT_STORED, PageRequest, root_of
from web.plan import outlook
from web.settings import Settings
from web.shapes import Provider
from web.snapshot import member_of
from web.view import beside, whole


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A provider to choose; `films` of the member's watchlist are on it without extra payment."""

    provider_id: int
    provider: str
    logo: str | None
    films: int
    chosen: bool


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """The providers of one country: those with subscriptions, and those that only rent or sell."""

    code: str
    country: str
    services: list[Choice]
    shops: list[Choice]


@route("/services", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="services")
async def show_services(
    request: PageRequest, api: NamedDependency[MarqueeApi], settings: NamedDependency[Settings]
) -> Template:
    """What there is to choose from in every country, and what is chosen."""
    members, questions = await asyncio.gather(api.members(), waiting_questions(api))
    member = member_of(members, _asked(request))
    chosen = await api.services(member.username) if member else []
    name = member.username if member else ""
    plans = await asyncio.gather(*(api.plan(name, code) for code in settings.country if member))
    context = {
        "member": member,
        "members": members,
        "shelves": await asyncio.gather(*(_shelf(api, name, code, chosen) for code in settings.country)),
        "outlooks": [outlook(plan) for plan in plans if plan.films.shown],
        "chosen": len(chosen),
        "saved": "saved" in request.query_params,
        "questions": questions,
    }
    return Template("services.html", context=context, headers=NOT_STORED)


@post("/services", status_code=HTTPStatus.OK)
async def choose_services(
    request: PageRequest, api: NamedDependency[MarqueeApi], settings: NamedDependency[Settings]
) -> Redirect:
    """Let what is ticked be all that the member pays for, in every country."""
    member = member_of(await api.members(), _asked(request))
    form = await request.form()
    if member:
        for code in settings.country:
            ticked = {whole(str(text)) for text in form.getall(code, [])}
            await api.choose_services(member.username, code, sorted(ticked - {0}))
    address = beside(beside("", "member", _asked(request)), "saved", 1)
    return Redirect(f"{root_of(request)}/services{address}", status_code=303)


def _asked(request: PageRequest) -> str:
    name: str = request.query_params.get("member", "")
    return name.strip().lower()


async def _shelf(api: MarqueeApi, member: str, code: str, chosen: list[Service]) -> Shelf:
    every, listed = await asyncio.gather(
        api.every_provider(code), api.providers(member, code) if member else _nothing()
    )
    films = {provider.provider_id: provider.subscription for provider in listed}
    mine = {service.provider_id: service for service in chosen if service.country == code}
    known = {provider.provider_id for provider in every}
    gone = [
        Provider(provider_id=each.provider_id, provider=each.provider, films=0, logo_url=each.logo_url)
        for each in mine.values()
        if each.provider_id not in known
    ]
    shown = sorted([*gone, *every], key=lambda provider: -films.get(provider.provider_id, 0))
    choices = [
        (
            provider.subscription > 0 or provider.provider_id in mine,
            Choice(
                provider_id=provider.provider_id,
                provider=provider.provider,
                logo=web_address(provider.logo_url),
                films=films.get(provider.provider_id, 0),
                chosen=provider.provider_id in mine,
            ),
        )
        for provider in shown
    ]
    return Shelf(
        code=code,
        country=country_name(code),
        services=[choice for streams, choice in choices if streams],
        shops=[choice for streams, choice in choices if not streams],
    )


async def _nothing() -> list[Any]:
    return []
