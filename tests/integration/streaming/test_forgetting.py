"""What people said of themselves travels sealed: no topic ever holds it, and who is forgotten cannot be read there."""

from pathlib import Path

from tests.support.arrivals import arrived
from tests.support.lives import ME, SAID, Life, verified
from tests.support.relays import make_topics, relay, running, saved
from tests.support.system import eventually
from tests.support.traces import traces
from tests.support.web import web


async def test_no_topic_holds_a_trace(database: str, tmp_path: Path, broker: str, topic_prefix: str) -> None:
    async with web(database, tmp_path) as shop:
        life = Life(shop)
        await life.begin()
        await verified(life)
        order = await life.buy()
        await life.send("POST", f"/api/v1/orders/{order['orderId']}/cancel", {"reason": "Changed my mind."})
        assert (await life.send("DELETE", ME)).status_code == 204
        async with shop.services.pool.connection() as connection:
            head = (await (await connection.execute("SELECT position FROM till.log_head")).fetchall())[0][0]
    make_topics(broker, topic_prefix)
    with running(relay(database, broker, topic_prefix)):
        eventually("the relay at the head", lambda: saved(database)[0] == head)
    said = {
        f"{topic}-{partition}": b"\n".join(
            b" ".join([each.key, each.value, *(value for _, value in each.headers)]) for each in messages
        )
        for (topic, partition), messages in arrived(broker, topic_prefix).items()
    }
    assert any(life.id.encode() in each for each in said.values())
    assert b"accounts.account-deleted" in b"".join(said.values())
    assert traces(said, SAID) == set()
