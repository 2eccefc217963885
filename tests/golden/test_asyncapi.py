"""The AsyncAPI document says all that is published, and nothing else."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
from msgspec.structs import replace
from typer.testing import CliRunner

from domain.shared.category import Family
from infrastructure.cli.documents import CHECKED_IN, asyncapi
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.streaming.asyncapi import document
from infrastructure.streaming.contracts import Contracts, readable, recorded_in, written
from infrastructure.streaming.sending import LARGEST_REQUEST
from tests.architecture.source import ROOT
from tests.support.json_schema import problems, resolve

RECORDED = recorded_in()
WRITTEN = written(CATEGORIES, RECORDED)
DOCUMENT = document(RECORDED, WRITTEN)
MESSAGES: dict[str, dict[str, Any]] = DOCUMENT["components"]["messages"]


def references(part: Any) -> Iterator[str]:
    """Every reference in the document or a part of it."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from [value] if key == "$ref" else references(value)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def till(*arguments: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    program = typer.Typer()
    program.command()(asyncapi)
    result = CliRunner().invoke(program, arguments)
    return result.exit_code, result.output


def test_every_reference_leads_somewhere() -> None:
    assert len(set(references(DOCUMENT))) > 50
    for reference in references(DOCUMENT):
        assert isinstance(resolve(reference, DOCUMENT), dict)


def test_nothing_is_described_that_nothing_refers_to() -> None:
    used = set(references(DOCUMENT))
    for kind in ("messages", "schemas", "parameters", "correlationIds"):
        assert {f"#/components/{kind}/{name}" for name in DOCUMENT["components"][kind]} - used == set()


def test_a_channel_carries_every_event_of_its_family() -> None:
    for family in Family:
        kinds = [kind for category in CATEGORIES if category.family == family for kind in category.events]
        channel = DOCUMENT["channels"].get(family, {"messages": {}})
        assert {f"{kind.topic}.{kind.schema_version}" for kind in kinds} <= channel["messages"].keys()
        recorded = {each.name for each in RECORDED.events.values() if each.family == family}
        assert channel["messages"].keys() == recorded
        if kinds:
            assert channel["address"] == f"{{prefix}}.{family}"


def test_nothing_is_said_of_private_streams() -> None:
    text = readable(DOCUMENT)
    private = [kind for category in CATEGORIES if category.family is None for kind in category.events]
    assert [kind.topic for kind in private if kind.topic in text or kind.__name__ in text] == []
    carried = [name for channel in DOCUMENT["channels"].values() for name in channel["messages"]]
    assert sorted(carried) == sorted(MESSAGES)


def test_each_channel_is_read_by_one_operation() -> None:
    operations = list(DOCUMENT["operations"].values())
    assert {each["action"] for each in operations} == {"receive"}
    assert [each["channel"]["$ref"] for each in operations] == [f"#/channels/{name}" for name in DOCUMENT["channels"]]
    for each in operations:
        channel = each["channel"]["$ref"]
        names = resolve(channel, DOCUMENT)["messages"]
        assert [message["$ref"] for message in each["messages"]] == [f"{channel}/messages/{name}" for name in names]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_described_by_its_example(name: str) -> None:
    message = MESSAGES[name]
    (example,) = message["examples"]
    assert problems(message["payload"], example["payload"], root=DOCUMENT) == []
    headers, of_this_message = message["headers"]["allOf"]
    assert problems(headers, example["headers"], root=DOCUMENT) == []
    told = {header: schema["const"] for header, schema in of_this_message["properties"].items()}
    assert told.items() <= example["headers"].items()
    assert told == {"ce_type": message["name"], "ce_typeversion": name.rpartition(".")[2]}


def test_a_value_of_another_shape_would_be_noticed() -> None:
    placed = MESSAGES["ordering.order-placed.1"]
    for field, value in {"payable": {"minor": 1}, "at": "noon", "lines": [{}], "from_cart": 1, "note": ""}.items():
        payload = placed["examples"][0]["payload"] | {field: value}
        assert problems(placed["payload"], payload, root=DOCUMENT) != [], field


def test_a_channel_is_described_as_the_topic_is_made() -> None:
    for channel in DOCUMENT["channels"].values():
        described = channel["bindings"]["kafka"]["topicConfiguration"]
        assert described == {"cleanup.policy": ["delete"], "max.message.bytes": LARGEST_REQUEST}


def test_it_names_no_host() -> None:
    (server,) = DOCUMENT["servers"].values()
    assert server["host"] == "{broker}"
    assert re.findall(r"\w+://\S+", readable(DOCUMENT)) == []


def test_it_is_the_same_in_every_process() -> None:
    texts = {
        subprocess.run(
            [sys.executable, "-m", "infrastructure.cli", "asyncapi"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert texts == {readable(DOCUMENT)}


def test_a_former_version_keeps_its_own_shapes() -> None:
    placed = RECORDED.events["ordering.order-placed.1"]
    text = json.dumps(placed.payload).replace('"tax"', '"duty"')
    former = replace(placed, payload=json.loads(text))
    latest = replace(placed, version=2, example=None)
    made = document(_only(former), _only(latest))
    assert list(made["channels"]["orders"]["messages"]) == ["ordering.order-placed.1", "ordering.order-placed.2"]
    schemas = made["components"]["schemas"]
    assert set(schemas) == {"Headers", "Money", "Sealed", "OrderLine", "ordering.order-placed.1.OrderLine"}
    first, second = made["components"]["messages"].values()
    assert set(references(first["payload"])) >= {"#/components/schemas/ordering.order-placed.1.OrderLine"}
    assert set(references(second["payload"])) >= {"#/components/schemas/OrderLine"}
    assert "former version" in first["description"]
    assert "former version" not in second["description"]


def test_a_shape_that_is_made_of_a_former_one_is_a_former_one_too() -> None:
    placed = RECORDED.events["ordering.order-placed.1"]
    text = json.dumps(placed.payload).replace('"title": "minor"', '"title": "cents"')
    made = document(_only(replace(placed, payload=json.loads(text))), _only(replace(placed, version=2)))
    former = made["components"]["schemas"]["ordering.order-placed.1.OrderLine"]
    assert set(references(former)) == {"#/components/schemas/ordering.order-placed.1.Money"}
    assert set(references(made["components"]["schemas"]["OrderLine"])) == {"#/components/schemas/Money"}


def _only(*contracts: Any) -> Contracts:
    return Contracts(headers=RECORDED.headers, events={each.name: each for each in contracts})


def test_the_checked_in_document_is_what_the_code_says() -> None:
    assert till("--check", "--output", str(ROOT / CHECKED_IN)) == (0, "")


def test_a_document_that_is_old_or_missing_is_told(tmp_path: Path) -> None:
    old = tmp_path / "asyncapi.json"
    assert till("--check", "--output", str(old)) == (1, f"{old} does not exist; `make contracts` writes {CHECKED_IN}\n")
    old.write_text((ROOT / CHECKED_IN).read_text().replace("Order placed", "Order made"))
    code, output = till("--check", "--output", str(old))
    assert (code, output.partition(";")[0]) == (1, f"{old} is not what the code says now")


def test_it_is_printed_or_written(tmp_path: Path) -> None:
    assert till() == (0, readable(DOCUMENT))
    assert till("--output", str(tmp_path / "made.json")) == (0, "")
    assert msgspec.json.decode((tmp_path / "made.json").read_bytes()) == DOCUMENT
