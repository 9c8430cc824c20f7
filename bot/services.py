"""Which integrations are in force: those that the settings name, and nothing else is imported for them."""

import importlib
from collections.abc import Sequence

from bot.errors import Misconfigured
from bot.plugin import Integration


def load_integrations(names: Sequence[str]) -> list[Integration]:
    """Import the integrations that the settings name, nothing else; raises Misconfigured for an unknown one."""
    found = []
    for name in names:
        try:
            module = importlib.import_module(f"integrations.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"integrations.{name}":
                raise
            raise Misconfigured(f"LINLI_INTEGRATIONS names {name!r}, but there is no folder integrations/{name}") from error
        found.append(module.integration)
    return found
