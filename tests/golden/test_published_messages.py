"""The messages of published events are pinned: what was sent once can be read for ever, and is sent again alike."""

import shutil
from pathlib import Path

import msgspec
import pytest

from domain.shared.category import Family
from domain.shared.identifiers import CATEGORY_TREE
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.streaming.contracts import RECORDED, recorded_in, written
from infrastructure.streaming.message import record_of
from tests.golden import messages as golden
from tests.golden.customers import ACCOUNT, ORDER, PRODUCT
from tests.golden.messages import CODEC, FILES, PARTITIONS, Pinned, example_of, file_of, message, pinned, shown
from tests.golden.promotions import COUPON
from tests.golden.recording import Refused, record
from tests.support.json_schema import problems

CONTRACTS = recorded_in()
PUBLISHED = golden.published()
NEWEST = max(written(CATEGORIES, CONTRACTS).events)
WHOSE = {"category-tree": CATEGORY_TREE, "account": ACCOUNT, "product": PRODUCT, "order": ORDER, "coupon": COUPON}


def test_every_version_of_a_published_event_has_a_golden_message_and_a_contract() -> None:
    names = {name.replace(":", ".") for name in PUBLISHED}
    assert {path.stem for path in FILES.iterdir()} == names
    assert {path.stem for path in (RECORDED / "events").iterdir()} == names
    assert CONTRACTS.events.keys() == names


def test_every_event_that_is_written_has_a_golden_message() -> None:
    kinds = [kind for category in CATEGORIES if category.family for kind in category.events]
    assert [kind.topic for kind in kinds if f"{kind.topic}:{kind.schema_version}" not in PUBLISHED] == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_an_event_travels_in_the_pinned_form(name: str) -> None:
    sent = message(name)
    assert shown(sent) == file_of(name).read_bytes()
    assert bytes(pinned(file_of(name)).value) == sent.value


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_was_sent_is_read_as_what_happened(name: str) -> None:
    sent = pinned(file_of(name))
    headers = [(header, value.encode("ascii")) for header, value in sent.headers]
    received = record_of(
        sent.topic,
        sent.partition,
        sent.key.encode(),
        bytes(sent.value),
        headers,
        codec=CODEC,
        partitions=PARTITIONS,
    )
    stored = file_of(name, golden.STORED).read_bytes().rstrip(b"\n")
    assert received.record.event == CODEC.decode(name, stored)
    assert (received.record.position, received.prev) == (golden.POSITION, golden.PREVIOUS)
    assert (received.record.key, received.record.command_id) == (golden.key_of(CODEC.category(name)), golden.COMMAND)


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_was_sent_keeps_to_its_contract(name: str) -> None:
    contract, sent = CONTRACTS.events[name.replace(":", ".")], pinned(file_of(name))
    assert contract.example == example_of(sent)
    assert problems(contract.payload, msgspec.json.decode(sent.value)) == []
    assert problems(CONTRACTS.headers, dict(sent.headers)) == []
    assert dict(sent.headers)["ce_type"] == contract.topic
    assert dict(sent.headers)["ce_typeversion"] == str(contract.version)
    assert sent.topic == f"{golden.PREFIX}.{contract.family}"
    assert sent.key == str(WHOSE[contract.key])


def test_nothing_of_a_private_stream_is_pinned() -> None:
    private = {kind.topic for category in CATEGORIES if category.family is None for kind in category.events}
    assert private
    assert private & {contract.topic for contract in CONTRACTS.events.values()} == set()
    assert {contract.family for contract in CONTRACTS.events.values()} <= set(Family)


class TestRecording:
    """`make contracts`, on a copy of what is recorded."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        shutil.copytree(RECORDED, tmp_path / "contracts")
        shutil.copytree(FILES, tmp_path / "messages")
        self.record(tmp_path)
        return tmp_path

    def test_it_writes_what_is_missing_and_leaves_what_is_there(self, root: Path) -> None:
        assert self.record(root) == []
        lost = [root / "messages" / f"{NEWEST}.json", root / "contracts" / "events" / f"{NEWEST}.json"]
        texts = [path.read_bytes() for path in lost]
        for path in lost:
            path.unlink()
        kept = root / "messages" / f"{PUBLISHED[0].replace(':', '.')}.json"
        kept.write_bytes(kept.read_bytes().replace(b"4711", b"4712"))
        changed = kept.read_bytes()
        assert self.record(root)[:1] == lost[:1]
        assert [path.read_bytes() for path in lost] == texts
        assert kept.read_bytes() == changed

    def test_it_breaks_no_promise(self, root: Path) -> None:
        promised = root / "contracts" / "events" / "shopping.cart-sold.1.json"
        text = (root / "contracts" / "events" / f"{NEWEST}.json").read_text()
        promised.write_text(text.replace(CONTRACTS.events[NEWEST].topic, "shopping.cart-sold"))
        (root / "asyncapi.json").unlink()
        before = {path: path.read_bytes() for path in root.rglob("*.json")}
        with pytest.raises(Refused, match=r"shopping\.cart-sold version 1: it is published no more"):
            self.record(root)
        assert {path: path.read_bytes() for path in root.rglob("*.json")} == before

    def record(self, root: Path) -> list[Path]:
        return record(contracts=root / "contracts", messages=root / "messages", output=root / "asyncapi.json")


def test_a_pinned_message_holds_its_value_as_it_travels() -> None:
    raw = b'{"topic":"t","partition":0,"key":"k","headers":[],"value":{"a" :1}}'
    assert bytes(msgspec.json.decode(raw, type=Pinned).value) == b'{"a" :1}'
