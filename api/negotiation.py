"""What the client takes, and what it sent it in."""

from collections.abc import Mapping

from api.problems import Problem

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
ANYTHING = "*/*"
"""What a route gives that says only with the answer what it is."""
CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})


def require_acceptable(given: Mapping[bytes, bytes], produces: str) -> None:
    """Raises 406 where the client takes nothing of what the route gives."""
    accept = given.get(b"accept")
    if accept is None or b"*/*" in accept or accept == b"application/json" == produces.encode():
        return
    for part in accept.decode("latin-1").lower().split(","):
        kind, *parameters = (each.strip() for each in part.split(";"))
        if _covers(kind, produces) and not _refused(parameters):
            return
    raise Problem(406, "not-acceptable", f"This resource is given as {produces}.")


def _covers(kind: str, produces: str) -> bool:
    main, _, sub = kind.partition("/")
    wanted_main, _, wanted_sub = produces.partition("/")
    if produces == ANYTHING:
        return True
    return main in {"*", wanted_main} and (wanted_sub == "*" or sub in {"*", wanted_sub.partition(";")[0]})


def _refused(parameters: list[str]) -> bool:
    return any(each.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for each in parameters)


def require_json(given: Mapping[bytes, bytes]) -> None:
    """Raises 415 where a body is something else; one without a type is taken for JSON."""
    if b"content-encoding" in given and given[b"content-encoding"].lower() != b"identity":
        raise Problem(415, "unsupported-encoding", "A body is sent as it is, not compressed.")
    content_type = given.get(b"content-type")
    if content_type is None or content_type == b"application/json":
        return
    kind, _, parameters = content_type.decode("latin-1").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "')
    if kind.strip() not in JSON_TYPES or charset not in CHARSETS:
        raise Problem(415, "unsupported-media-type", "A body is application/json in UTF-8.")


def require_utf8(given: Mapping[bytes, bytes]) -> None:
    """Raises 415 where a body is compressed, or its text in another encoding."""
    if b"content-encoding" in given and given[b"content-encoding"].lower() != b"identity":
        raise Problem(415, "unsupported-encoding", "A body is sent as it is, not compressed.")
    _, _, parameters = given.get(b"content-type", b"").decode("latin-1").lower().partition(";")
    if parameters.partition("charset=")[2].partition(";")[0].strip(' "') not in CHARSETS:
        raise Problem(415, "unsupported-media-type", "The text of a body is UTF-8.")


def takes_gzip(given: Mapping[bytes, bytes]) -> bool:
    accept = given.get(b"accept-encoding")
    if accept is None or b"gzip" not in accept:
        return False
    codings = (part.strip().partition(";") for part in accept.decode("latin-1").lower().split(","))
    return any(coding.strip() == "gzip" and not _refused([quality.strip()]) for coding, _, quality in codings)


def version_of(given: Mapping[bytes, bytes]) -> int | None:
    """Of If-Match: None without one or with `*`. Raises 412 for what was never a version."""
    header = given.get(b"if-match", b"*").decode("latin-1").strip()
    if header == "*":
        return None
    number = header.strip('"').partition(".")[0]
    if not (header.startswith('"') and header.endswith('"') and number.isdecimal() and len(number) < 19):
        raise Problem(412, "version-mismatch", "If-Match takes the ETag of the resource.")
    return int(number)
