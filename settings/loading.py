"""Reading `restock.toml` and the environment into `Settings`, with errors that name the fix."""

import tomllib
from pathlib import Path
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from settings.errors import SettingsError, closest
from settings.schema import Settings
from settings.secrets import hide_secrets_in_logs, remember_environment, remember_secrets


class SettingsAsWritten(Settings):
    """Settings from values that are given, which the environment overrides."""

    environment_overrides: ClassVar[bool] = True

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where values come from, the strongest first; pydantic asks.

        Parameters
        ----------
        init_settings: what is given.
        env_settings: the environment.
        settings_cls, dotenv_settings, file_secret_settings: not used.
        """
        del settings_cls, dotenv_settings, file_secret_settings
        return (env_settings, init_settings) if cls.environment_overrides else (init_settings,)


SETTINGS_NAME = "restock.toml"


def settings_file_in(path: Path) -> Path:
    """The settings file, where it or its folder is named; a folder with the file's name is taken for the file."""
    return path / SETTINGS_NAME if path.is_dir() and path.name != SETTINGS_NAME else path


def load_settings(path: Path) -> Settings:
    """Settings of the company whose file is `path`; the environment overrides the file.

    The passwords that they hold are kept out of messages and logs from here on.

    Parameters
    ----------
    path: a `restock.toml`, or the folder that holds one.

    Raises
    ------
    SettingsError: the file is missing, a folder or no TOML, a key is unknown (the closest is named), or a
        value has the wrong type or lies out of bounds.
    """
    file = settings_file_in(path)
    if file.is_dir():
        raise SettingsError(
            f"{file}: is a folder, and a file of settings is wanted; move it away, or name the file with --settings"
        )
    try:
        text = file.read_text("utf-8-sig")
        remember_environment()
        remember_secrets(text)
        hide_secrets_in_logs()
        written = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(
            f"{file}: no such file; name the company's settings with --settings, or run `restock demo` for an example"
        ) from None
    except OSError as fault:
        raise SettingsError(
            f"{file}: not readable: {fault.strerror}; name a restock.toml, or the folder that holds one"
        ) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{file}: not readable as TOML: {fault}; correct the file at that place") from fault

    try:
        return SettingsAsWritten(**written, root=file.resolve().parent)
    except ValidationError as fault:
        raise SettingsError("\n".join(_explain(file, error) for error in fault.errors())) from fault


def _explain(file: Path, error: Any) -> str:
    where = ".".join(str(step) for step in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        near = closest(str(error["loc"][-1]), known)
        hint = f"did you mean {near!r}?" if near else f"known are: {', '.join(known)}"
        return f"{file}: unknown setting {where}; {hint}"
    said = error["msg"].removeprefix("Value error, ")
    return f"{file}: setting {where}{_shown(error['loc'], error.get('input'))}: {said}; correct it"


def _shown(location: tuple[Any, ...], value: Any) -> str:
    """What is written, where it cannot be a password in a form that nobody can recognise."""
    is_source = location[0] == "sources" and len(location) == len(("sources", "TABLE"))
    if isinstance(value, (dict, list, tuple)):
        return " (a table)" if isinstance(value, dict) else " (a list)"
    if location[0] == "database" or location[-1] == "url" or is_source:
        return " (its value is not shown, since it may hold a password)"
    return f" is {value!r}"


def _keys_beside(location: tuple[Any, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for step in location[:-1]:
        field = model.model_fields.get(str(step))
        if field is None:
            continue
        candidates = [field.annotation, *get_args(field.annotation)]
        model = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), model)
    return [name for name in model.model_fields if name != "root"]
