"""Structured logs on standard error: an event's name, figures and ids, never payloads."""

import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from infrastructure.settings import Settings

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
QUIET = dict.fromkeys(
    ("aiokafka", "asyncio", "faust", "kafka", "mode", "psycopg.pool", "uvicorn.access"), logging.WARNING
)
SILENCE = 10.0
"""Seconds before such a library is heard again in the same words: while brokers are away, its clients would say dozens
of lines a second."""
REMEMBERED = 1_000


class Repeats(logging.Filter):
    """Lets the first of many equal warnings through, and says with the next one how many it kept back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._kept_back: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in QUIET:
            return True
        words, now = (record.name, str(record.msg)), self._now()
        since, count = self._kept_back.get(words, (-SILENCE, 0))
        if now - since < SILENCE:
            self._kept_back[words] = since, count + 1
            return False
        if len(self._kept_back) >= REMEMBERED:
            self._kept_back.clear()
        self._kept_back[words] = now, 0
        if count:
            record.msg = f"{record.msg} ({count} more since)"
        return True


def configure_logs(settings: Settings, *, process: str) -> None:
    """Once per process, by its entry point. What libraries log goes the same way.

    `structlog.contextvars.bind_contextvars(correlation_id=…)` marks everything logged for one request.
    """
    level = LEVELS[settings.log_level]
    steps = _steps(process)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=steps, processors=_rendering(settings.log_format))
    )
    handler.addFilter(Repeats())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))


def _steps(process: str) -> list[structlog.typing.Processor]:
    def name_process(_: object, __: str, event: structlog.typing.EventDict) -> Mapping[str, Any]:
        return {"process": process, **event}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
    ]


def _rendering(form: str) -> list[structlog.typing.Processor]:
    tidy = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if form == "json":
        return [tidy, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [
        tidy,
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # others show locals: payloads
        ),
    ]
