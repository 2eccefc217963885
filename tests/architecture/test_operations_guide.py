"""What the operations guide and the alert rules name is there: commands, settings, metrics, tables, files, logs."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from infrastructure.bootstrap.tables import PROCESS_MANAGERS, projections
from infrastructure.cli.main import command
from infrastructure.processes import due_rows
from infrastructure.runner import instances, tracking
from infrastructure.setting_table import VARIABLES
from infrastructure.supervision.child import Happening
from tests.architecture.source import ROOT, sources
from tests.support.compose import parsed, services, variables

INDEX = ROOT / "docs/operations.md"
PAGES = (INDEX, *sorted(INDEX.with_suffix("").glob("*.md")))
ALERTS = ROOT / "docs/alerts.yml"
RULES_PAGE = INDEX.with_suffix("") / "alerts.md"

CHANNELS = {instances.CONTROL, tracking.CHANNEL, due_rows.CHANNEL}
OTHERS_SETTINGS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "COLUMNS", "ON_ERROR_STOP"}
OTHERS_METRICS = {
    "up": "Prometheus itself",
    "process_start_time_seconds": "the client, of every process",
    "probe_success": "blackbox exporter",
    "node_filesystem_avail_bytes": "node_exporter 1.5",
    "node_filesystem_size_bytes": "node_exporter 1.5",
    "pg_up": "postgres_exporter 0.11",
    "pg_stat_archiver_failed_count": "postgres_exporter 0.11",
    "pg_stat_activity_count": "postgres_exporter 0.11",
    "pg_settings_max_connections": "postgres_exporter 0.11",
}
KINDS = {"Counter": ("",), "Gauge": ("",), "Histogram": ("", "_bucket", "_count", "_sum")}
NAMED = {"project", "process", "rebuild", "retry", "skip"}
FENCED = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:\$ )?(?:[A-Z_]+=\S+ )*till ([a-z].*)")
PATH = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:md|yml|py|json|sql)")
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
PROMQL = re.compile(r"\b[a-z_][a-z0-9_]*\b(?! *\()")
WORDS = {"and", "or", "unless", "by", "offset", "on", "le"}

Rule = Callable[[str, Path], Iterator[str]]


def prose(text: str) -> str:
    return FENCED.sub("", text)


def code(text: str) -> Iterator[str]:
    """Lines of blocks, and what stands between backquotes."""
    for block in FENCED.findall(text):
        yield from map(str.strip, block.splitlines())
    yield from SPAN.findall(prose(text))


def commands(text: str, _: Path) -> Iterator[str]:
    for piece in code(text):
        if found := COMMAND.fullmatch(piece):
            yield from refusals(found[1])


def refusals(said: str) -> Iterator[str]:
    """`dead-letters retry|skip NUMBER`; what a command itself says begins with its name and a colon."""
    words = said.split()
    ways: list[tuple[str, Any]] = [(words[0].rstrip(":"), command(words[0].rstrip(":")))]
    used = 1
    if hasattr(ways[0][1], "commands") and len(words) > 1 and not words[0].endswith(":"):
        ways, used = [(each, ways[0][1].commands.get(each)) for each in words[1].split("|")], 2
    for name, found in ways:
        if found is None:
            yield f"there is no `till {said}`"
        elif not words[0].endswith(":"):
            yield from (f"`till {said}`: {fault}" for fault in arguments(name, found, words[used:]))


def arguments(name: str, command: Any, given: list[str]) -> Iterator[str]:
    options = set(chain.from_iterable((*each.opts, *each.secondary_opts) for each in command.params if not each.hidden))
    yield from (f"no option {each}" for each in given if each.startswith("--") and each not in options)
    there = {each.name for each in projections()} | {each.name for each in PROCESS_MANAGERS}
    if name in NAMED and given and given[0][0].islower() and given[0] not in there:
        yield f"no projection {given[0]}"


def settings(text: str, _: Path) -> Iterator[str]:
    known = {variable.name for variable in VARIABLES} | variables(parsed()) | OTHERS_SETTINGS
    named = re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b[A-Z]{3,}(?==)", text)
    yield from (f"nothing reads {name}" for name in sorted(set(named) - known))


@cache
def metrics() -> Mapping[str, frozenset[str]]:
    """The names under which Prometheus knows ours, and the labels of each."""
    found: dict[str, frozenset[str]] = {}
    for source in sources("api", "infrastructure"):
        if "prometheus_client" in source.imports():
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                    name = ast.literal_eval(node.args[0])
                    labels: list[str] = next(
                        (ast.literal_eval(x) for x in node.args[2:] if isinstance(x, ast.List)), []
                    )
                    found |= dict.fromkeys((name + end for end in KINDS[node.func.id]), frozenset(labels))
    return found


def measured(text: str, _: Path) -> Iterator[str]:
    named = set(re.findall(r"\btill_[a-z_]+", text)) - CHANNELS
    yield from (f"nothing counts {name}" for name in sorted(named - metrics().keys()))


def stored(text: str, _: Path) -> Iterator[str]:
    folder = ROOT / "infrastructure/postgres/migrations"
    made = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.sql")) + "CREATE TABLE till.migration"
    known = set(re.findall(r"CREATE (?:TABLE|VIEW|FUNCTION) till\.(\w+)", made))
    yield from (f"no till.{name}" for name in sorted(set(re.findall(r"\btill\.([a-z_]+)", text)) - known))


def files(text: str, page: Path) -> Iterator[str]:
    for span in SPAN.findall(prose(text)):
        if PATH.fullmatch(span) and not ROOT.joinpath(span).exists():
            yield f"no file {span}"
    for name, anchor in LINK.findall(prose(text)):
        target = page.parent / name if name else page
        if not target.is_file():
            yield f"no page {name}"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"no heading {anchor} in {name}"


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def said() -> frozenset[str]:
    """Every text in the code, among them what is logged."""
    nodes = chain.from_iterable(ast.walk(source.tree) for source in sources("api", "infrastructure"))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return frozenset(texts | {f"process-{each}" for each in Happening})


def logged(text: str, _: Path) -> Iterator[str]:
    quoted = set(re.findall(r'"event": "([^"]+)"', text))
    for spans in re.findall(r"\b[Ll]og ((?:`[^`]+`(?:, )?)+)", prose(text)):
        quoted |= set(SPAN.findall(spans))
    yield from (f"nothing logs {words!r}" for words in sorted(quoted - said()))


GUIDE_RULES: tuple[Rule, ...] = (commands, settings, measured, stored, files, logged)


@pytest.mark.parametrize("rule", GUIDE_RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_guide_names_is_there(page: Path, rule: Rule) -> None:
    assert list(rule(page.read_text(encoding="utf-8"), page)) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (commands, "`till serv`"), (commands, "```\n$ till topics --partition 3\n```"),
        (commands, "`till rebuild cart`"), (commands, "`till dead-letters retry|drop NUMBER`"),
        (commands, "```\ntill relays: ended\n```"),
        (settings, "set `KAFKA_RETENTIONS`"), (settings, "`TLSS=internal`"), (measured, "`till_relay_lags`"),
        (stored, "`till.tracked`"), (files, "`docs/alert.yml`"), (files, "`CHANGES.md`"),
        (files, "[x](operation/scaling.md)"), (files, "[x](operations/scaling.md#pooler)"),
        (logged, '{"event": "slot stoped", …}'), (logged, "log `leadin`"),
    ],
)  # fmt: skip
def test_a_slip_in_the_guide_is_noticed(rule: Rule, text: str) -> None:
    assert list(rule(text, INDEX))


class Expression(NamedTuple):
    """Of an alert rule: the metrics that it reads, with the labels that it asks each for."""

    metrics: Mapping[str, set[str]]

    @classmethod
    def of(cls, text: str) -> "Expression":
        bare = re.sub(r"\[[^\]]*\]|\boffset \w+|\b(?:by|on) *\([^)]*\)", " ", text)
        asked = {name: set(re.findall(r'(\w+) *[=!]~?"', inner)) for name, inner in re.findall(r"(\w+)\{(.*?)\}", bare)}
        names = set(PROMQL.findall(re.sub(r"\{.*?\}|\"[^\"]*\"", " ", bare))) - WORDS
        return cls({name: asked.get(name, set()) for name in names})


def faults(rule: Mapping[str, Any]) -> Iterator[str]:
    for name, labels in Expression.of(rule["expr"]).metrics.items():
        if name not in metrics() and name not in OTHERS_METRICS:
            yield f"nothing counts {name}"
        if name in metrics():
            yield from (f"{name} has no label {each}" for each in labels - metrics()[name] - {"job", "instance", "le"})
    if not ROOT.joinpath(rule["annotations"]["guide"]).is_file() or rule["labels"]["severity"] not in {"page", "warn"}:
        yield "leads nowhere"


def alert_rules() -> list[Mapping[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alerts_watch_what_is_counted() -> None:
    assert [(rule["alert"], fault) for rule in alert_rules() for fault in faults(rule)] == []
    watched = set(chain.from_iterable(Expression.of(rule["expr"]).metrics for rule in alert_rules()))
    assert OTHERS_METRICS.keys() <= watched


@pytest.mark.parametrize(
    "expr", ["till_lag > 1", 'till_commands_total{result="failed"} > 0', "rate(pg_uptime[5m]) > 0"]
)
def test_a_slip_in_an_alert_is_noticed(expr: str) -> None:
    assert list(faults({**alert_rules()[0], "expr": expr}))


def test_the_page_tells_of_every_alert_and_every_metric() -> None:
    page = RULES_PAGE.read_text(encoding="utf-8")
    assert [rule["alert"] for rule in alert_rules() if not re.search(rf"\b{rule['alert']}\b", page)] == []
    plain = {name for name in metrics() if not re.search(r"_(bucket|count|sum)$", name)}
    assert plain - set(re.findall(r"`(till_\w+)`", page)) == set()


def test_every_job_of_the_alerts_is_scraped_where_compose_serves_it() -> None:
    blocks = FENCED.findall(RULES_PAGE.read_text(encoding="utf-8"))
    (scraped,) = (yaml.safe_load(block)["scrape_configs"] for block in blocks if block.startswith("scrape_configs"))
    asked = set(re.findall(r'job="(till-\w+)"', ALERTS.read_text(encoding="utf-8")))
    assert asked <= {job["job_name"] for job in scraped}
    resolved = [each for job in scraped for each in job.get("dns_sd_configs", ())]
    ours = services(parsed())
    assert [name for each in resolved for name in each["names"] if str(each["port"]) not in ours[name].expose] == []
    named = {name for each in resolved for name in each["names"]}
    assert {name for name, service in ours.items() if service.ours and service.expose and not service.profiles} == named
