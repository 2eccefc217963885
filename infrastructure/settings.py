"""Everything that can be set from outside, read and checked once; nothing else in the program reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from infrastructure import setting_forms as forms
from infrastructure.home_secrets import kept_secret
from infrastructure.images.place import Place
from infrastructure.mail_server import MailServer
from infrastructure.setting_table import NEEDED, VARIABLES, Variable

ENV_FILE = ".env"
DEMO_PACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the entry point passes on. Field names are the variables' names in lower case."""

    host: str
    port: int
    api_processes: int
    api_contexts: tuple[str, ...]
    """Contexts whose routes are served; empty is all of them."""
    till_home: Path
    database_url: str | None
    """None is embedded mode: a PostgreSQL of our own under `till_home`."""
    kafka_bootstrap_servers: tuple[str, ...]
    """`host:port` of brokers; empty is the in-process driver."""
    kafka_topic_prefix: str
    kafka_replication: int
    kafka_retention: timedelta
    jwt_secret: str
    pii_master_key: bytes
    """32 bytes that wrap the keys of sealed personal data."""
    store_currency: str
    store_timezone: ZoneInfo
    tax_rate: int
    """Basis points."""
    tax_inclusive: bool
    payment_window: timedelta
    auto_advance: timedelta | None
    """How long an order stands still before the demo's warehouse takes a step with it; None is for ever."""
    report_retention: timedelta
    payment_gateway: str
    razorpay_webhook_secret: tuple[str, ...] | None
    """Each is good; None is a shop that hears nothing from there. Likewise Stripe's."""
    stripe_webhook_secret: tuple[str, ...] | None
    image_store: Place | None
    """A folder or a bucket; None is a folder under `till_home`."""
    smtp_url: MailServer | None
    """None is mail as files under `till_home`."""
    mail_from: Address
    rate_limits: bool
    rate_limit_storage: str
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[forms.Network, ...]
    max_body: int
    """Bytes."""
    webhook_give_up: timedelta | None
    """How long a webhook may go without taking an event before nothing more is sent there; None is for ever."""
    webhook_private_addresses: bool
    """Whether webhooks may go to addresses that only this network knows, and over plain HTTP."""
    log_level: str
    log_format: str
    """`console` or `json`."""

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @property
    def distributed(self) -> bool:
        """Whether events travel over Kafka, and every projection has a process of its own."""
        return bool(self.kafka_bootstrap_servers)


UNSERVED = ("STRIPE_API_KEY",)
"""Settings of Tillstream that this version does not serve: who sets one, relies on what would not happen."""


class SettingsInvalid(Exception):
    """Names each variable that is wrong, and what is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and for each variable the text it was read from (None: nothing was given) and where that stood."""

    settings: Settings
    texts: Mapping[str, str | None]
    origins: Mapping[str, str]


def load(environment: Mapping[str, str] | None = None, *, directory: Path | None = None) -> Loaded:
    """Read the environment, then `.env` in `directory` (the working directory), then defaults.

    Raises SettingsInvalid with every problem at once. In embedded mode, secrets that are missing are made and kept.
    """
    reading = _Reading(os.environ if environment is None else environment, (directory or Path()) / ENV_FILE)
    values = {variable.name.lower(): reading.value(variable) for variable in VARIABLES}
    reading.require(values)
    reading.refuse_unserved()
    if reading.problems:
        raise SettingsInvalid(reading.problems)
    reading.complete(values)
    return Loaded(Settings(**cast(dict[str, Any], values)), reading.texts, reading.origins)


class _Reading:
    """One pass over the variables; collects problems instead of stopping at the first."""

    def __init__(self, environment: Mapping[str, str], file: Path) -> None:
        self._sources = (("environment", environment), (str(file), _file_values(file)))
        self.texts: dict[str, str | None] = {}
        self.origins: dict[str, str] = {}
        self.problems: list[str] = []

    def value(self, variable: Variable) -> object:
        text, self.origins[variable.name] = self._text(variable)
        self.texts[variable.name] = text
        if text is None:
            return None
        try:
            return variable.read(text)
        except ValueError as expected:
            shown = "its value" if variable.secret else repr(text)
            self.problems.append(
                f"{variable.name}: expected {expected}, but {shown} is not ({self.origins[variable.name]})"
            )
            return None

    def _text(self, variable: Variable) -> tuple[str | None, str]:
        for origin, values in self._sources:
            text = (values.get(variable.name) or "").strip()
            if text:
                return text, origin
        return variable.default, "default"

    def require(self, values: Mapping[str, object]) -> None:
        """Outside embedded mode nothing is made up: secrets and the payment provider have to be named.

        A provider takes its secrets, and where mail really leaves, it is said whoever it is from.
        """
        if values["smtp_url"] is not None and self.origins["MAIL_FROM"] == "default":
            self.problems.append("MAIL_FROM: required when SMTP_URL is set")
        for name in NEEDED.get(str(values["payment_gateway"]), ()):
            if values[name.lower()] is None and self.origins[name] == "default":
                self.problems.append(f"{name}: required by this PAYMENT_GATEWAY")
        if self.origins["DATABASE_URL"] == "default":
            return
        for name in ("JWT_SECRET", "PII_MASTER_KEY", "PAYMENT_GATEWAY"):
            if values[name.lower()] is None and self.origins[name] == "default":
                self.problems.append(f"{name}: required when DATABASE_URL is set")

    def refuse_unserved(self) -> None:
        for name in UNSERVED:
            for origin, values in self._sources:
                if (values.get(name) or "").strip():
                    self.problems.append(f"{name}: this version does nothing with it; leave it out ({origin})")

    def complete(self, values: dict[str, object]) -> None:
        """Fill in what depends on the mode. Secrets reach the disk only after everything else was found right."""
        home = cast(Path, values["till_home"])
        for name, form in (("JWT_SECRET", forms.secret), ("PII_MASTER_KEY", forms.key)):
            if values[name.lower()] is None:
                values[name.lower()] = form(kept_secret(home, name))
                self.origins[name] = f"made and kept in {home / 'secrets' / name}"
        alone = values["database_url"] is None and not values["kafka_bootstrap_servers"]
        if alone and self.origins["AUTO_ADVANCE"] == "default":
            values["auto_advance"] = DEMO_PACE
        values["payment_gateway"] = values["payment_gateway"] or "simulated"
        values["log_format"] = values["log_format"] or ("console" if os.isatty(2) else "json")


def _file_values(file: Path) -> Mapping[str, str]:
    if not file.is_file():
        return {}
    return {name: value for name, value in dotenv_values(file, interpolate=False).items() if value is not None}
