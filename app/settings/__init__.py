"""Every setting of the service, typed: read once from the environment and `.env`.

The entry points alone call `load_settings()`; everything else is handed the values it needs.
An empty variable counts as unset. A wrong one stops the start, and all of them are told at once.
"""

from app.kit.environment import SettingsInvalid
from app.settings.fields import OFFLINE, PROVIDERS
from app.settings.language_models import TaskChains
from app.settings.tree import Settings, all_variables, load_settings

__all__ = [
    "OFFLINE",
    "PROVIDERS",
    "Settings",
    "SettingsInvalid",
    "TaskChains",
    "all_variables",
    "load_settings",
]
