"""What may be named as a receiver of webhooks; where it really leads is looked at whenever something is sent."""

from urllib.parse import urlsplit

from domain.shared.refusal import Refusal, Violation

LONGEST = 2_048


class WebhookUrlRefused(Refusal):
    """Not an address that webhooks are sent to."""

    code = "webhook-url-refused"


def require_target(url: str, *, plain: bool) -> str:
    """The URL, where webhooks may be sent to it: HTTPS to a named host, without a user or a fragment.

    `plain` allows HTTP as well. Raises WebhookUrlRefused.
    """
    allowed = {"https", "http"} if plain else {"https"}
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _refused(f"At most {LONGEST} visible ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("This is not a URL.") from None
    if parts.scheme not in allowed:
        raise _refused("It begins with https://.")
    if not parts.hostname or port == 0:
        raise _refused("It names no host.")
    if "@" in parts.netloc or "#" in url:
        raise _refused("It has neither a user nor a fragment.")
    return url


def _refused(why: str) -> WebhookUrlRefused:
    return WebhookUrlRefused("The address cannot receive webhooks.", violations=(Violation("/url", why),))
