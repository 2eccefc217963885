"""Settings are read in one place, and what is wrong with them is said all at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from infrastructure.home_secrets import kept_secret
from infrastructure.setting_table import VARIABLES
from infrastructure.settings import UNSERVED, Settings, SettingsInvalid, load

DISTRIBUTED = {
    "DATABASE_URL": "postgresql://till:hush@db:5432/till",
    "JWT_SECRET": "s" * 32,
    "PII_MASTER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "PAYMENT_GATEWAY": "simulated",
}


def settings(directory: Path, **environment: str) -> Settings:
    return load({"TILL_HOME": str(directory / "home"), **environment}, directory=directory).settings


def problems(directory: Path, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as raised:
        settings(directory, **environment)
    return raised.value.problems


def test_without_any_variable_the_shop_is_embedded_and_complete(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.embedded
    assert (found.port, found.tax_rate, found.payment_window) == (8000, 1800, timedelta(minutes=30))
    assert len(found.jwt_secret) >= 32
    assert len(found.pii_master_key) == 32


def test_secrets_are_made_once_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    first, second = settings(tmp_path), settings(tmp_path)
    assert first.jwt_secret == second.jwt_secret
    assert first.pii_master_key == second.pii_master_key
    kept = list((tmp_path / "home" / "secrets").iterdir())
    assert {path.name for path in kept} == {"JWT_SECRET", "PII_MASTER_KEY"}
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_processes_that_race_for_a_secret_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: kept_secret(tmp_path / "home", "JWT_SECRET"), range(64)))
    assert len(found) == 1


def test_no_secret_is_made_when_something_else_is_wrong(tmp_path: Path) -> None:
    problems(tmp_path, PORT="70000")
    assert not (tmp_path / "home").exists()


def test_a_database_of_ones_own_needs_secrets_and_a_payment_provider_of_ones_own(tmp_path: Path) -> None:
    found = problems(tmp_path, DATABASE_URL=DISTRIBUTED["DATABASE_URL"])
    assert [problem.split(":")[0] for problem in found] == ["JWT_SECRET", "PII_MASTER_KEY", "PAYMENT_GATEWAY"]
    assert not settings(tmp_path, **DISTRIBUTED).embedded


def test_every_problem_is_named_at_once_and_no_secret_is_shown(tmp_path: Path) -> None:
    found = "\n".join(problems(tmp_path, PORT="http", TAX_RATE="18", JWT_SECRET="hush-hush"))
    assert "PORT: expected a whole number from 1 to 65535, but 'http' is not (environment)" in found
    assert "TAX_RATE: expected a share from 0 to 1" in found
    assert "JWT_SECRET: expected at least 32 characters" in found
    assert "hush-hush" not in found


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9000\nSTORE_CURRENCY=GBP\n# PAYMENT_WINDOW=1h\n")
    loaded = load({"TILL_HOME": str(tmp_path / "home"), "PORT": "9001"}, directory=tmp_path)
    assert (loaded.settings.port, loaded.settings.store_currency) == (9001, "GBP")
    assert loaded.origins["PORT"] == "environment"
    assert loaded.origins["STORE_CURRENCY"] == str(tmp_path / ".env")
    assert loaded.origins["PAYMENT_WINDOW"] == "default"
    assert loaded.origins["JWT_SECRET"].startswith("made and kept in")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("8s", timedelta(seconds=8)),
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("1h30m", timedelta(minutes=90)),
        ("500ms", timedelta(milliseconds=500)),
        ("0", timedelta()),
    ],
)
def test_durations_are_written_with_their_unit(tmp_path: Path, text: str, meant: timedelta) -> None:
    assert settings(tmp_path, PAYMENT_WINDOW=text).payment_window == meant


@pytest.mark.parametrize(
    ("environment", "meant"),
    [
        ({}, timedelta(hours=1)),
        ({"AUTO_ADVANCE": "5s"}, timedelta(seconds=5)),
        ({"AUTO_ADVANCE": "off"}, None),
        ({"AUTO_ADVANCE": "0"}, None),
        ({"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}, None),
        ({"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "AUTO_ADVANCE": "2h"}, timedelta(hours=2)),
    ],
)
def test_the_demos_warehouse_works_where_there_is_nothing_but_the_demo(
    tmp_path: Path, environment: dict[str, str], meant: timedelta | None
) -> None:
    assert settings(tmp_path, **environment).auto_advance == meant


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("AUTO_ADVANCE", "never"), ("AUTO_ADVANCE", "60"),
        ("PORT", "0"), ("PORT", "-1"), ("PORT", "8e3"), ("PORT", "²"),
        ("API_PROCESSES", "0"),
        ("PAYMENT_WINDOW", "30"), ("PAYMENT_WINDOW", "m"), ("PAYMENT_WINDOW", "-8s"), ("PAYMENT_WINDOW", "1h x"),
        ("PAYMENT_WINDOW", "999999999999999d"),
        ("REPORT_RETENTION", "0"), ("REPORT_RETENTION", "59s"), ("REPORT_RETENTION", "3651d"),
        ("TAX_RATE", "NaN"), ("TAX_RATE", "0.18001"), ("TAX_RATE", "-0.1"), ("TAX_RATE", "eighteen"),
        ("TAX_INCLUSIVE", "maybe"),
        ("STORE_CURRENCY", "rupee"), ("STORE_CURRENCY", "XXQ"),
        ("STORE_TIMEZONE", "Mars/Olympus"), ("STORE_TIMEZONE", "../etc/passwd"),
        ("DATABASE_URL", "mysql://db"), ("DATABASE_URL", "nonsense"),
        ("PII_MASTER_KEY", "c2hvcnQ="), ("PII_MASTER_KEY", "!" * 44),
        ("PAYMENT_GATEWAY", "wishful"),
        ("CORS_ORIGINS", "shop.example"), ("CORS_ORIGINS", "https://shop.example/path"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("MAX_BODY", "0"), ("MAX_BODY", "1 furlong"),
        ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    found = problems(tmp_path, **(DISTRIBUTED | {name: text}))
    assert [problem.split(":")[0] for problem in found] == [name]


@pytest.mark.parametrize("name", UNSERVED)
def test_a_setting_that_this_version_does_not_serve_is_not_ignored(tmp_path: Path, name: str) -> None:
    found = problems(tmp_path, **{name: "anything"})
    assert [problem.split(":")[0] for problem in found] == [name]


def test_a_payment_provider_needs_its_secrets(tmp_path: Path) -> None:
    found = problems(tmp_path, PAYMENT_GATEWAY="razorpay")
    assert [problem.split(":")[0] for problem in found] == ["RAZORPAY_WEBHOOK_SECRET"]
    both = settings(tmp_path, PAYMENT_GATEWAY="razorpay", RAZORPAY_WEBHOOK_SECRET="the-new-one, the-old-one")
    assert both.razorpay_webhook_secret == ("the-new-one", "the-old-one")
    said = "\n".join(problems(tmp_path, RAZORPAY_WEBHOOK_SECRET="short,the-old-one"))
    assert "RAZORPAY_WEBHOOK_SECRET: expected secrets of 8" in said
    assert "the-old-one" not in said


def test_lists_are_separated_by_commas(tmp_path: Path) -> None:
    found = settings(tmp_path, CORS_ORIGINS="https://a.example/, http://b:3000", TRUSTED_PROXIES="10.0.0.0/8, ::1")
    assert found.cors_origins == ("https://a.example", "http://b:3000")
    assert found.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))


def test_the_example_file_names_every_variable_with_its_default() -> None:
    example = Path(__file__).parents[3].joinpath(".env.example").read_text()
    for variable in VARIABLES:
        assert f"\n# {variable.name}={variable.default or ''}\n" in example
