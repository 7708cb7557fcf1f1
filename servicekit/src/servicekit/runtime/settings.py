"""Settings of a service, from the environment: HUIJIA_MONGODB_URI and so on. README lists them."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from servicekit.security.vault import Vault

PREFIX = "HUIJIA_"


class SettingsError(Exception):
    """A setting is missing or wrong; the message names its variable."""


class ServiceSettings(BaseSettings):
    """What every service needs. A service with settings of its own subclasses it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    role: Literal["api", "worker", "both"] = "both"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    mongodb_uri: str
    amqp_url: str
    """The addresses of the broker's nodes, by commas."""
    database: str | None = None
    """The service's name when not given."""
    lanes: Annotated[tuple[str, ...], NoDecode] = ()
    """The lanes that the worker consumes, by commas."""
    namespace: str = "huijia"
    issuer: str
    audience: str
    jwks: str
    """File path or URL of the issuer's JSON Web Key Set."""
    data_keys: Path | None = None
    blind_index_key: Path | None = None
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    grace_seconds: float = Field(20, gt=0)
    max_body_bytes: int = Field(16 * 1024 * 1024, gt=0)

    @field_validator("lanes", mode="before")
    @classmethod
    def _by_commas(cls, value: Any) -> Any:
        return tuple(lane.strip() for lane in value.split(",") if lane.strip()) if isinstance(value, str) else value

    @property
    def serves_api(self) -> bool:
        return self.role in ("api", "both")

    @property
    def works(self) -> bool:
        return self.role in ("worker", "both")

    @classmethod
    def read(cls) -> Self:
        """The settings of this process. Raises SettingsError that names each variable and what is wrong with it."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError("\n".join(_lines(error))) from None

    def vault(self) -> Vault | None:
        """None without keys. Raises SettingsError for files that hold none."""
        if self.data_keys is None or self.blind_index_key is None:
            return None
        try:
            return Vault.from_files(self.data_keys, self.blind_index_key)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(
                f"{PREFIX}DATA_KEYS, {PREFIX}BLIND_INDEX_KEY: {type(error).__name__}: {error}. "
                'The first is JSON {"active": id, "keys": {id: base64 of 32 bytes}}, the second base64 of 32 bytes; '
                "put back the files that the data were sealed with / 请放回加密数据所用的密钥文件"
            ) from None


class SealingSettings(ServiceSettings):
    """Those of a service that seals personal data: it can't be without the keys."""

    data_keys: Path
    blind_index_key: Path

    def vault(self) -> Vault:
        vault = super().vault()
        assert vault is not None
        return vault


def _lines(error: ValidationError) -> list[str]:
    """One line for each variable. The value is left out: it may be a secret."""
    return [
        f"{PREFIX}{'_'.join(str(step) for step in one['loc']).upper()}: {one['msg']}"
        if one["type"] != "missing"
        else f"{PREFIX}{str(one['loc'][0]).upper()} is not set / 未设置"
        for one in error.errors(include_input=False)
    ]
