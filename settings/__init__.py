"""What a company decides about its planning: `restock.toml`, typed, and the family of errors."""

from settings.errors import (
    DataRefused,
    MigrationError,
    PublishError,
    RestockError,
    RunLocked,
    SettingsError,
    UsageError,
    closest,
)
from settings.loading import load_settings
from settings.schema import Settings, TableSource
from settings.snapshot import keep_settings, kept_settings

__all__ = [
    "DataRefused",
    "MigrationError",
    "PublishError",
    "RestockError",
    "RunLocked",
    "Settings",
    "SettingsError",
    "TableSource",
    "UsageError",
    "closest",
    "keep_settings",
    "kept_settings",
    "load_settings",
]
