"""Settings of the gateway, from environment variables with the prefix HUIJIA_."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

NOT_FORWARDED = frozenset(
    [
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)


class Settings(BaseSettings):
    """Without an issuer nobody needs a token, and every token is passed on unread."""

    model_config = SettingsConfigDict(env_prefix="HUIJIA_", extra="ignore")

    issuer: str | None = None
    audience: str = "huijia"
    jwks: str | None = None

    subgraph_urls: dict[str, str] = Field(default_factory=dict)
    subgraph_timeouts: dict[str, float] = Field(default_factory=dict)
    subgraph_timeout_seconds: float = 30.0
    connect_timeout_seconds: float = 2.0
    connections_per_subgraph: int = 200
    max_subgraph_answer_bytes: int = 64 * 1024 * 1024
    shared_fetches: bool = True
    forwarded_headers: tuple[str, ...] = ("authorization", "accept-language")
    subgraph_headers: dict[str, dict[str, str]] = Field(default_factory=dict)
    breaker_failures: int = 20
    breaker_pause_seconds: float = 2.0

    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    requests_per_second: float = 500
    request_burst: int = 1_000
    anonymous_requests_per_second: float = 200
    anonymous_request_burst: int = 400

    subscription_urls: dict[str, str] = Field(default_factory=dict)
    subscription_silence_seconds: float = 60.0
    subscriptions_per_principal: int = 50
    max_subscriptions: int = 5_000
    subscriber_patience_seconds: float = 10.0
    max_event_bytes: int = 4 * 1024 * 1024

    max_body_bytes: int = 2 * 1024 * 1024
    max_tokens: int = 8_000
    max_depth: int = 30
    max_aliases: int = 250
    max_root_fields: int = 60
    max_selections: int = 2_000
    max_fragments: int = 200
    max_list_cost: int = 250_000
    max_variable_values: int = 50_000
    reload_seconds: float = 2.0
    cached_documents: int = 1_000
    cached_plans: int = 1_000
    request_timeout_seconds: float = 60.0
    body_timeout_seconds: float = 15.0
    header_timeout_seconds: float = 10.0
    answer_timeout_seconds: float = 60.0
    max_connections: int = 10_000

    grace_seconds: float = 20.0
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    introspection: bool = True
    explain: Literal["nobody", "permitted", "everybody"] = "permitted"
    persisted_queries: int = 1_000
    trusted_documents: Path | None = None
    trusted_documents_jwks: Path | None = None
    trusted_only: bool = False
    explorer: bool = True

    @field_validator("forwarded_headers")
    @classmethod
    def _may_be_forwarded(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Headers that belong to one connection or one body are never another request's."""
        lowered = tuple(name.lower() for name in names)
        if wrong := sorted(NOT_FORWARDED.intersection(lowered)):
            raise ValueError(f"never forwarded: {', '.join(wrong)}")
        return lowered

    @field_validator("subgraph_headers")
    @classmethod
    def _in_lower_case(cls, headers: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """So that they replace what a client sent under the same name."""
        return {subgraph: {name.lower(): value for name, value in own.items()} for subgraph, own in headers.items()}

    def timeout_of(self, subgraph: str) -> float:
        return self.subgraph_timeouts.get(subgraph, self.subgraph_timeout_seconds)

    def url_of(self, subgraph: str, default: str) -> str:
        """HUIJIA_SUBGRAPH_<NAME>_URL, then HUIJIA_SUBGRAPH_URLS, then what the supergraph file says."""
        own = os.environ.get(f"HUIJIA_SUBGRAPH_{subgraph.upper().replace('-', '_')}_URL")
        return own or self.subgraph_urls.get(subgraph) or default
