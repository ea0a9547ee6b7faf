"""Opens what ``spark endpoints`` works with: the user's file, keyring, database and network."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from spark_desktop.adapters.connection_probe import NetworkProbe
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.preset_files import load_preset_files
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.cli.endpoint_tools import EndpointTools
from spark_desktop.endpoint_wiring import ENDPOINTS, endpoint_services
from spark_desktop.places import data_folder, settings_file
from spark_desktop.services.connection_check import ConnectionCheck
from spark_desktop.services.endpoint_guess import EndpointGuess


@asynccontextmanager
async def opened_tools() -> AsyncIterator[EndpointTools]:
    """Give the tools, and close every connection behind them."""
    file, clock = settings_file(), SystemClock()
    privacy = TomlSettings(file).load().settings.privacy
    services = endpoint_services(
        data_folder(), file.with_name(ENDPOINTS), lambda: privacy.keep_ledger
    )
    presets = load_preset_files()
    probe = NetworkProbe(NetworkPolicy(os.environ), services.ledger)
    check = ConnectionCheck(probe, services.connector, clock)
    guess = EndpointGuess(probe, presets)
    try:
        yield EndpointTools(services.endpoints, presets, check, guess, services.log, clock)
    finally:
        await services.close()
