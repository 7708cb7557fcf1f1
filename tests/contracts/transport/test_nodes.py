"""A broker of several nodes: whichever of them answers is used."""

import pytest
from aio_pika.exceptions import AMQPException
from servicekit.bus.broker import Broker

AWAY = "amqp://guest:guest@127.0.0.1:1/"


async def test_the_node_that_answers_is_used_wherever_it_is_in_the_list(amqp_url: str) -> None:
    for addresses in (f"{AWAY},{amqp_url}", f"{amqp_url}, {AWAY}"):
        broker = await Broker.connect(addresses, name="nodes", attempts=1)

        assert broker.is_connected
        await broker.close()


async def test_when_no_node_answers_the_attempt_has_failed() -> None:
    with pytest.raises((AMQPException, OSError)):
        await Broker.connect(f"{AWAY},{AWAY}", name="nodes", attempts=1)
