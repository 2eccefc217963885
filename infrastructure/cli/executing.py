"""`till execute`: carries out what has fallen due, in a process of its own."""

from infrastructure.bootstrap.worker import execute as carry_out
from infrastructure.cli.members import MetricsPort, Nice, Parent, member, run


def execute(nice: Nice = 0, metrics_port: MetricsPort = None, parent: Parent = None) -> None:
    """Carry out what process managers have scheduled. Any number of these share it."""
    with member("execute", nice=nice, metrics_port=metrics_port, parent=parent) as settings:
        run(settings, carry_out)
