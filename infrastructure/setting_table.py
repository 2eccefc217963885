"""The table of settings: every variable, how it is read, its default and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infrastructure import setting_forms as forms
from infrastructure.images.place import image_place
from infrastructure.mail_server import mail_server


@dataclass(frozen=True, slots=True)
class Variable:
    """One row of the settings table."""

    name: str
    read: Callable[[str], object]
    default: str | None
    """None where a value may be missing, or where it depends on the mode."""
    meaning: str
    secret: bool = False


NEEDED: Mapping[str, tuple[str, ...]] = {"simulated": (), "razorpay": ("RAZORPAY_WEBHOOK_SECRET",)}
"""The payment providers, and what each takes."""

VARIABLES = (
    Variable("HOST", forms.text, "127.0.0.1", "address the API listens on"),
    Variable("PORT", forms.whole(1, 65535), "8000", "port the API listens on"),
    Variable("API_PROCESSES", forms.whole(1, 64), "1", "API processes that share the port"),
    Variable("API_CONTEXTS", forms.contexts, "", "contexts to serve, separated by commas; all where it is empty"),
    Variable("TILL_HOME", forms.path, ".till", "embedded database and the secrets made at first start"),
    Variable("DATABASE_URL", forms.database, None, "a PostgreSQL 15+ server instead of the embedded one", secret=True),
    Variable(
        "KAFKA_BOOTSTRAP_SERVERS", forms.brokers, "", "host:port of brokers, separated by commas: distributed mode"
    ),
    Variable(
        "KAFKA_TOPIC_PREFIX", forms.topic_prefix, "commerce", "what the names of topics and consumer groups begin with"
    ),
    Variable("KAFKA_REPLICATION", forms.whole(1, 9), "1", "copies of each partition that `till topics` asks for"),
    Variable("KAFKA_RETENTION", forms.duration, "7d", "how long topics keep records; 0 is for ever"),
    Variable("JWT_SECRET", forms.secret, None, "signs access tokens, 32 characters or more", secret=True),
    Variable("PII_MASTER_KEY", forms.key, None, "wraps the keys of personal data, 32 bytes in base64", secret=True),
    Variable("STORE_CURRENCY", forms.currency, "INR", "ISO 4217 code of the store's only currency"),
    Variable("STORE_TIMEZONE", forms.timezone, "Asia/Kolkata", "IANA time zone of the store's days"),
    Variable("TAX_RATE", forms.basis_points, "0.18", "share of the price, 0.18 is 18 %"),
    Variable("TAX_INCLUSIVE", forms.truth, "false", "whether prices contain the tax"),
    Variable("PAYMENT_WINDOW", forms.duration, "30m", "time to pay before an order expires"),
    Variable("AUTO_ADVANCE", forms.interval, None, "pace of the demo's warehouse, or off; 1h in embedded mode"),
    Variable("REPORT_RETENTION", forms.retention, "30d", "how long files of reports are kept, 1m to 3650d"),
    Variable("PAYMENT_GATEWAY", forms.choice(*NEEDED), None, "payment provider; two of them take no real money"),
    Variable("RAZORPAY_WEBHOOK_SECRET", forms.shared_secrets, None, "signs what Razorpay delivers", secret=True),
    Variable("STRIPE_WEBHOOK_SECRET", forms.shared_secrets, None, "signs what Stripe delivers", secret=True),
    Variable("IMAGE_STORE", image_place, None, "folder, or s3://bucket?endpoint=…; TILL_HOME/images if unset"),
    Variable("SMTP_URL", mail_server, None, "mail server; mail as files in TILL_HOME/outbox if unset", secret=True),
    Variable("MAIL_FROM", forms.mailbox, "Tillstream <shop@localhost>", "who mail is from"),
    Variable("RATE_LIMITS", forms.truth, "on", "off for benchmarks"),
    Variable(
        "RATE_LIMIT_STORAGE",
        forms.limit_storage,
        "memory://",
        "where limits are counted; redis://host:6379/0 for all",
        secret=True,
    ),
    Variable("CORS_ORIGINS", forms.origins, "", "origins whose pages may call the API, separated by commas"),
    Variable("TRUSTED_PROXIES", forms.networks, "", "networks whose forwarding headers count"),
    Variable("MAX_BODY", forms.size, "1MiB", "largest request body"),
    Variable("WEBHOOK_GIVE_UP", forms.interval, "3d", "how long a webhook may fail before it is stopped, or off"),
    Variable(
        "WEBHOOK_PRIVATE_ADDRESSES", forms.truth, "off", "for development: webhooks to private addresses and by HTTP"
    ),
    Variable("LOG_LEVEL", forms.choice("debug", "info", "warning", "error"), "info", "least severity that is logged"),
    Variable("LOG_FORMAT", forms.choice("console", "json"), None, "console on a terminal, json elsewhere"),
)
