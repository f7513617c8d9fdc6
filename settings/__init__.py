"""What a company decides about its planning: `restock.toml`, typed, and the family of errors."""

from settings.errors import (
    AnswersNeeded,
    DataRefused,
    MigrationError,
    PublishError,
    RestockError,
    RunLocked,
    SettingsError,
    UsageError,
    closest,
)
from settings.loading import SETTINGS_NAME, load_settings, settings_file_in
from settings.schema import RetentionSettings, Settings
from settings.snapshot import load_settings_snapshot, save_settings_snapshot
from settings.sources import TableSource

__all__ = [
    "SETTINGS_NAME",
    "AnswersNeeded",
    "DataRefused",
    "MigrationError",
    "PublishError",
    "RestockError",
    "RetentionSettings",
    "RunLocked",
    "Settings",
    "SettingsError",
    "TableSource",
    "UsageError",
    "closest",
    "load_settings",
    "load_settings_snapshot",
    "save_settings_snapshot",
    "settings_file_in",
]
