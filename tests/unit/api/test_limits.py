"""How much a client may ask for, counted in one process."""

import pytest

from api.limits import Limits
from api.problems import Problem


async def test_the_hundred_and_first_request_of_a_stranger_waits() -> None:
    limits = Limits(on=True)
    told = [dict(await limits.request(account=None, address="1.2.3.4")) for _ in range(100)]
    assert [int(each[b"ratelimit-remaining"]) for each in told] == list(range(99, -1, -1))
    with pytest.raises(Problem) as caught:
        await limits.request(account=None, address="1.2.3.4")
    assert caught.value.status == 429
    assert 1 <= int(dict(caught.value.headers)[b"retry-after"]) <= 900
    assert await limits.request(account=None, address="1.2.3.5")
    assert dict(await limits.request(account="ada", address="1.2.3.4"))[b"ratelimit-limit"] == b"1000"


async def test_guesses_count_against_the_target_from_wherever_they_come() -> None:
    limits = Limits(on=True)
    for number in range(10):
        await limits.guess(f"1.2.3.{number}", "ada")
    with pytest.raises(Problem):
        await limits.guess("9.9.9.9", "ada")
    await limits.guess("9.9.9.9", "grace")


async def test_limits_that_are_off_say_nothing() -> None:
    limits = Limits(on=False)
    assert [await limits.request(account=None, address="a") for _ in range(200)] == [[]] * 200


async def test_counting_alone_is_nothing_to_complain_of() -> None:
    assert Limits(on=True).health() == {}
    assert Limits(on=False, storage="redis://nowhere:1").health() == {}
