"""The payment provider of the settings, and those that may deliver."""

from collections.abc import Mapping

from application.ports.deliveries import Webhook
from application.ports.gateway import PaymentGateway
from infrastructure.payments.books import Books
from infrastructure.payments.razorpay import RazorpayGateway
from infrastructure.payments.razorpay_webhook import RazorpayWebhook
from infrastructure.payments.simulated import SimulatedGateway
from infrastructure.postgres.pools import Pool
from infrastructure.settings import Settings


def gateway(settings: Settings, pool: Pool) -> PaymentGateway:
    """Whom money is asked of."""
    if settings.payment_gateway == "razorpay":
        return RazorpayGateway(pool, settings.razorpay_webhook_secret or ())
    return SimulatedGateway(pool)


def webhooks(settings: Settings, pool: Pool) -> Mapping[str, Webhook]:
    """Whoever has given us a secret is heard, whichever of them is asked for money now: late news come from any."""
    heard: dict[str, Webhook] = {}
    if settings.razorpay_webhook_secret is not None:
        heard["razorpay"] = RazorpayWebhook(settings.razorpay_webhook_secret, Books(pool))
    if settings.stripe_webhook_secret is not None:
        from infrastructure.payments.stripe_webhook import StripeWebhook  # noqa: PLC0415 - an extra, loaded where it is used

        heard["stripe"] = StripeWebhook(settings.stripe_webhook_secret)
    return heard
