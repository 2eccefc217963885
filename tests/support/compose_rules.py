"""What docker-compose.yml has to keep to. A rule gives the faults that it finds, as sentences."""

import re
from collections.abc import Callable, Iterator, Mapping

from typer import TyperException

from infrastructure.bootstrap.tables import PROCESS_MANAGERS, READ_MODELS
from infrastructure.cli.main import command
from infrastructure.setting_forms import CONTEXTS
from infrastructure.setting_table import VARIABLES
from tests.support.compose import Service, one_shots

Services = Mapping[str, Service]
Rule = Callable[[Services], Iterator[str]]

PROBE = ("CMD", "python", "-m", "infrastructure.probe")
EXACT = re.compile(r"[\w./-]+:(\$\{|v?\d+\.\d+)[\w.{}:-]*")
LOCAL = "127.0.0.1:"
PUBLIC = "gateway"
SERVERS = frozenset({"postgres", "kafka", "redis"})
CALLERS = frozenset({"execute", "mailpit"})
"""Who calls mail servers, and the one that is there for trying."""
DOUBLE = frozenset({"api", "relay", "execute"})


def contained(services: Services) -> Iterator[str]:
    """Nobody is root, nobody writes but where it has to, nobody gets more rights."""
    for name, service in services.items():
        user, _, group = service.user.partition(":")
        if not (user.isdigit() and group.isdigit() and int(user) and int(group)):
            yield f"{name} runs as {service.user}"
        if not service.read_only or not any(place.partition(":")[0] == "/tmp" for place in service.tmpfs):
            yield f"{name} has no read-only file system with a /tmp"
        if service.cap_drop != ("ALL",) or (service.cap_add and name != PUBLIC):
            yield f"{name} keeps capabilities"
        if "no-new-privileges:true" not in service.security_opt:
            yield f"{name} may gain privileges"


def bounded(services: Services) -> Iterator[str]:
    """Processor, memory, processes and logs have an end."""
    for name, service in services.items():
        limits = service.deploy.resources.limits
        if not (
            0 < float(limits.cpus) <= 4 and re.fullmatch(r"[1-9]\d*[MG]", limits.memory) and 0 < limits.pids <= 512
        ):
            yield f"{name} has no sensible limits: {limits}"
        if "max-size" not in service.logging.get("options", {}):
            yield f"{name} logs without an end"


def kept_running(services: Services) -> Iterator[str]:
    """What serves is checked, started again, and given time to end; what runs once is not started again."""
    once = one_shots(services)
    for name, service in services.items():
        if name in once:
            if service.restart != "no" or service.healthcheck is not None:
                yield f"{name} runs once, and is treated as if it stayed"
            continue
        if service.restart != "unless-stopped":
            yield f"{name} is not started again"
        if service.healthcheck is None or service.healthcheck.test[:1] != ("CMD",):
            yield f"{name} has no health check"
        if not 5 <= service.grace <= 60:
            yield f"{name} has {service.grace:g} s to end"


def probed(services: Services) -> Iterator[str]:
    """The health of our own processes is asked for on the port that they serve."""
    for name, service in services.items():
        if not service.ours or service.healthcheck is None:
            continue
        port = service.environment.get("PORT")
        if "--metrics-port" in service.command:
            port = service.command[service.command.index("--metrics-port") + 1]
        test = service.healthcheck.test
        if test[:4] != PROBE or test[4] != port or service.expose != (port,):
            yield f"{name} serves port {port}, and is asked by {' '.join(test)}"


def complete(services: Services) -> Iterator[str]:
    """Every read model, process manager and context has its process; what must not fail alone is there twice."""
    commands = [service.command for service in services.values() if service.ours]
    wanted = [("till", "project", each.name) for each in READ_MODELS]
    wanted += [("till", "process", each.name) for each in PROCESS_MANAGERS]
    for line in wanted:
        if sum(found[:3] == line for found in commands) != 1:
            yield f"`{' '.join(line)}` does not run once"
    workers = [found for found in commands if found[1] in {"project", "process"}]
    if len(workers) != len(wanted):
        yield "a worker is there for nothing"
    by_context = [
        service.environment.get("API_CONTEXTS") for service in services.values() if service.profiles == ("contexts",)
    ]
    if sorted(filter(None, by_context)) != sorted(CONTEXTS) or len(by_context) != len(CONTEXTS):
        yield f"the profile `contexts` serves {by_context}"
    for name in DOUBLE:
        if services[name].deploy.replicas < 2:
            yield f"{name} is there once"


def understood(services: Services) -> Iterator[str]:
    """`till` knows each command with its options, and each variable."""
    known = {variable.name for variable in VARIABLES}
    for name, service in services.items():
        if not service.ours:
            continue
        if fault := _refusal(service.command):
            yield f"{name}: {fault}"
        for unknown in sorted(service.environment.keys() - known):
            yield f"{name} sets {unknown}, which nothing reads"


def _refusal(line: tuple[str, ...]) -> str | None:
    """What the command line says against it, without carrying it out."""
    program, name, *arguments = line
    found = command(name)
    if program != "till" or found is None:
        return f"there is no `{program} {name}`"
    try:
        found.make_context(name, list(arguments))
    except TyperException as refused:
        return str(refused)
    return None


def ordered(services: Services) -> Iterator[str]:
    """What uses the database waits for its migrations, what uses the broker for the topics, and nobody in vain."""
    for name, service in services.items():
        waits = {each: dependency.condition for each, dependency in service.depends_on.items()}
        if service.ours and name != "migrate" and waits.get("migrate") != "service_completed_successfully":
            yield f"{name} does not wait for the migrations"
        if service.command[1:2] and service.command[1] in {"relay", "project", "process"} and "topics" not in waits:
            yield f"{name} does not wait for the topics"
        for other, condition in waits.items():
            if other not in services or (condition == "service_healthy" and services[other].healthcheck is None):
                yield f"{name} waits for {other}, which never comes"


def enclosed(services: Services) -> Iterator[str]:
    """The gateway alone is open to the world; executors alone call others; what has to meet shares a network."""
    for name, service in services.items():
        if name != PUBLIC and any(not port.startswith(LOCAL) for port in service.ports):
            yield f"{name} is open to the world"
        if bool(service.ports) != ("front" in service.networks):
            yield f"{name} publishes {service.ports} from {service.networks}"
        if ("outwards" in service.networks) != (name in CALLERS):
            yield f"{name} calls others from {service.networks}"
        if name in SERVERS and len(service.networks) != 1:
            yield f"{name} is on {service.networks}"
        for other in service.depends_on:
            meets = other in one_shots(services) or set(service.networks) & set(services[other].networks)
            if other in services and not meets:
                yield f"{name} cannot reach {other}"


def exact(services: Services) -> Iterator[str]:
    """Images are named by version; ours is built once and never looked for elsewhere."""
    for name, service in services.items():
        if not EXACT.fullmatch(service.image) and not service.ours:
            yield f"{name} takes whatever {service.image} is"
    if [name for name, service in services.items() if service.build] != ["migrate"]:
        yield "the image is not built by `migrate` alone"


RULES: tuple[Rule, ...] = (
    contained, bounded, kept_running, probed, complete, understood, ordered, enclosed, exact
)  # fmt: skip
