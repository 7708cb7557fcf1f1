"""The embedded servers keep what they confirmed over a crash, at the same address."""

import asyncio
from pathlib import Path

import aio_pika
import pytest
from huijia_local.mongod import Mongod
from huijia_local.processes import StartError
from huijia_local.rabbitmq import RabbitMQ
from pymongo import AsyncMongoClient, WriteConcern

from tests.support.servers import Document


async def test_mongod_keeps_a_majority_write_across_kill_9_at_the_same_address(own_mongod: Mongod) -> None:
    address = own_mongod.url
    async with AsyncMongoClient[Document](address) as client:
        notes = client["kept"].get_collection("notes", write_concern=WriteConcern("majority", j=True))
        await notes.insert_one({"_id": 1})

    await asyncio.to_thread(own_mongod.kill)
    killed = own_mongod.alive
    await asyncio.to_thread(own_mongod.start)

    assert not killed
    assert own_mongod.url == address
    async with AsyncMongoClient[Document](address) as client:
        assert await client["kept"]["notes"].count_documents({}) == 1


async def test_mongod_takes_transactions(own_mongod: Mongod) -> None:
    async with AsyncMongoClient[Document](own_mongod.url) as client:
        async with client.start_session() as session, await session.start_transaction():
            await client["t"]["a"].insert_one({"_id": 1}, session=session)
            await session.abort_transaction()
        assert await client["t"]["a"].count_documents({}) == 0


async def test_rabbitmq_keeps_a_confirmed_message_across_a_restart_at_the_same_address(own_rabbitmq: RabbitMQ) -> None:
    address = own_rabbitmq.url
    connection = await aio_pika.connect(address)
    async with connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(b"fact", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key="kept")

    await asyncio.to_thread(own_rabbitmq.restart)

    assert own_rabbitmq.url == address
    connection = await aio_pika.connect(address)
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue("kept")
        kept = await queue.get(timeout=30)
        await kept.ack()
        assert kept.body == b"fact"


async def test_a_server_that_cannot_start_says_why_with_the_end_of_its_log(own_mongod: Mongod) -> None:
    second = Mongod(own_mongod.data, own_mongod.log.with_name("second.log"))

    with pytest.raises(StartError, match="mongod ended while starting") as failure:
        await asyncio.to_thread(second.start)

    assert "DBPathInUse" in str(failure.value)


async def test_mongod_keeps_its_data_when_it_has_to_move_to_another_port(tmp_path: Path) -> None:
    first = Mongod(tmp_path / "data", tmp_path / "mongod.log", cache_gigabytes=0.25)
    second = Mongod(tmp_path / "data", tmp_path / "mongod.log", cache_gigabytes=0.25)
    try:
        await asyncio.to_thread(first.start)
        async with AsyncMongoClient[Document](first.url) as client:
            await client["kept"]["notes"].insert_one({"_id": 1})
        await asyncio.to_thread(first.stop)

        await asyncio.to_thread(second.start)

        async with AsyncMongoClient[Document](second.url) as client:
            assert await client["kept"]["notes"].count_documents({}) == 1
    finally:
        first.kill()
        second.kill()
