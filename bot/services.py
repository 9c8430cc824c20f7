"""Which services are in force: the core's own and those that the settings name; nothing else is imported for them."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from bot import config
from bot.console.own import CORE
from bot.contract import Integration, Services
from bot.dialogue.understanding import Understanding
from bot.errors import Misconfigured


def load_integrations(names: Sequence[str], folder: Path | None = None) -> list[Integration]:
    """Import the integrations that the settings name, else all there are; raises Misconfigured for an unknown one.

    `folder` holds further ones, beside those that ship. Of a service that was divided the parts are loaded.
    """
    packaged = importlib.import_module("integrations")
    if folder is not None and str(folder) not in packaged.__path__:
        if not folder.is_dir():
            raise Misconfigured(f"LINLI_INTEGRATIONS_FOLDER: {folder} is not a folder; name the one that holds your services")
        packaged.__path__.append(str(folder))
    found = []
    further = sorted(path.parent.name for path in folder.glob("*/__init__.py")) if folder is not None else []
    wanted = [part for said in names or (*packaged.SHIPPED, *further) for part in packaged.RENAMED.get(said, (said,))]
    for name in dict.fromkeys(wanted):
        try:
            module = importlib.import_module(f"integrations.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"integrations.{name}":
                raise
            raise Misconfigured(f"LINLI_INTEGRATIONS names {name!r}, but there is no folder integrations/{name}") from error
        found.append(module.integration)
    return found


def load_services(settings: config.Local) -> Services:
    """Return the core and all services that the settings name, with their own settings; raises Misconfigured."""
    integrations = [*load_integrations(settings.integrations, settings.integrations_folder), CORE]
    own = {one.settings: config.load_service(one.name, one.settings) for one in integrations if one.settings is not None}
    services = Services(integrations=integrations, settings=own)
    if faults := services.misheard():
        raise Misconfigured("\n".join(faults))
    return services


def understand(folder: Path, services: Services) -> Understanding:
    """Return how messages are understood by the intent files of `folder`, beside what the services bring."""
    return Understanding.load(folder, config.shipped("data"), folders(services), services.kinds)


def folders(services: Services) -> list[Path]:
    """Return the folders of the services' own intent files."""
    return [path for one in services.integrations if (path := one.folder / "intents").is_dir()]
