"""A Home Assistant without its page, in a Python that has it: `python home_assistant_process.py FOLDER`.

Each line that it is given is a command, `states` or `refresh`; its answer is one line of JSON. It ends with its input.
"""

import asyncio
import json
import sys
from typing import Any

from homeassistant import bootstrap, config, config_entries, core, loader  # type: ignore[import-not-found]
from homeassistant.setup import async_setup_component  # type: ignore[import-not-found]

try:
    from homeassistant.core_config import async_process_ha_core_config  # type: ignore[import-not-found]
except ImportError:
    from homeassistant.config import async_process_ha_core_config  # type: ignore[import-not-found]

COMPONENTS = ("homeassistant", "network", "rest", "sensor", "binary_sensor", "rest_command")


async def started(folder: str) -> Any:
    """Home Assistant on the configuration in that folder, with these components and no other."""
    hass = core.HomeAssistant(folder)
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    settings = await config.async_hass_config_yaml(hass)
    await async_process_ha_core_config(hass, settings.get("homeassistant", {}))
    for component in COMPONENTS:
        assert await async_setup_component(hass, component, settings), component
    await hass.async_start()
    await hass.async_block_till_done()
    return hass


async def answer(hass: Any, command: str) -> Any:
    if command == "states":
        return {each.entity_id: [each.state, dict(each.attributes)] for each in hass.states.async_all()}
    return await hass.services.async_call("rest_command", "marquee_refresh", {}, blocking=True, return_response=True)


async def main() -> None:
    hass = await started(sys.argv[1])
    while command := (await asyncio.to_thread(sys.stdin.readline)).strip():
        print(json.dumps(await answer(hass, command)), flush=True)
    await hass.async_stop()


asyncio.run(main())
