"""The settings for Home Assistant in a real one, beside a real Marquee: `pytest -m homeassistant`."""

from pathlib import Path

import pytest

from tests.drivers.home_assistant import HomeAssistant, home_assistant, installed
from tests.drivers.marquee import running
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey

PACKAGE = Path(__file__).resolve().parents[2].joinpath("docs", "home-assistant.yaml")
KEY = "a-key-for-home-assistant"
COUNTS = {
    "watchlist_films": "total",
    "watchlist_available": "available",
    "watchlist_on_your_services": "on_services",
    "watchlist_arrived_this_week": "arrived_7d",
    "watchlist_left_this_week": "left_7d",
}


@pytest.fixture(scope="session")
def python(request: pytest.FixtureRequest) -> Path:
    if "homeassistant" not in request.config.option.markexpr:
        pytest.skip("installs Home Assistant, some 500 MB, and starts it: pytest -m homeassistant")
    return installed()


@pytest.mark.homeassistant
async def test_home_assistant_follows_a_watchlist_through_an_outage(
    python: Path, tmp_path: Path, valkey: Valkey, upstream: Upstream
) -> None:
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="carol", API_KEY=KEY
    ) as marquee:
        marquee.client.headers["X-Api-Key"] = KEY
        package = PACKAGE.read_text().replace("scan_interval: 900", "scan_interval: 1")
        package = package.replace("http://127.0.0.1:8001", marquee.settings["API_URL"])
        async with home_assistant(python, tmp_path / "home-assistant", package, KEY) as home:
            before = await home.states()
            assert (before["watchlist_status"][0], before["watchlist_films"][0]) == ("empty", "0"), home.log
            assert before["watchlist_last_refresh"][0] == "unavailable"
            assert before["watchlist_tonight"][0] == "–"

            answer = await home.request_refresh()
            assert answer["status"] == 202, answer
            await marquee.ended(answer["content"]["id"])
            summary = await marquee.get("/api/v1/summary")
            expected = {name: str(getattr(summary, key)) for name, key in COUNTS.items()}
            expected |= {"watchlist_status": "ok", "watchlist_data_stale": "off", "watchlist_refreshing": "off"}
            expected |= {"watchlist_cannot_refresh": "off"}
            expected |= {"watchlist_tonight": summary.tonight[0]["title"], "watchlist_refresh_progress": "100"}
            expected |= {"watchlist_last_refresh": f"{summary.refreshed_at[:19]}+00:00"}
            await marquee.until(lambda: _shows(home, expected), "Home Assistant to show the refresh")
            after = await home.states()
            assert after["watchlist_tonight"][1]["tonight"] == summary.tonight
            assert after["watchlist_available"][1]["by_provider"] == summary.by_provider

            away = dict.fromkeys(after, "unavailable")
            await marquee.stop_api()
            await marquee.until(lambda: _shows(home, away), "Home Assistant to notice the outage")
            await marquee.start_api()
            await marquee.until(lambda: _shows(home, expected), "Home Assistant to notice its end")


async def _shows(home: HomeAssistant, expected: dict[str, str]) -> bool:
    states = await home.states()
    return all(states[name][0] == state for name, state in expected.items())
