"""How the AMI link breaks, each way by name, and how it comes back."""

import asyncio
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest
from structlog.testing import capture_logs

from cti.ami.backoff import delays_s
from cti.ami.connection import Connection
from cti.ami.errors import AmiError, AmiLinkLost
from tests.contract.ami_owner import Owner, linked, running, soon
from tests.contract.fake_ami import FULLY_BOOTED, GUARD_S, Action, FakeAmi, Peer

pytestmark = pytest.mark.contract


async def test_a_link_that_is_cut_comes_back_and_the_owner_hears_of_both() -> None:
    owner = Owner()
    async with FakeAmi() as ami, running(ami, owner) as client:
        for end in (Peer.cut, Peer.close):
            peer = await ami.peer()
            await soon(owner.ups.get())
            end(peer)
            assert (await soon(owner.downs.get())).id == "ami-link-lost"
        await soon(owner.ups.get())
        assert await soon(client.action("Ping"))
        assert (owner.ups.empty(), owner.downs.empty()) == (True, True)


async def test_an_action_under_way_when_the_link_breaks_fails_and_is_not_replayed_on_the_next() -> None:
    owner = Owner()
    async with FakeAmi() as ami, running(ami, owner) as client:
        peer = await ami.peer()
        await soon(owner.ups.get())
        asked = asyncio.create_task(client.action("Originate", {"Channel": "PJSIP/1001", "Async": "true"}))
        listed = asyncio.create_task(client.collect("CoreShowChannels"))
        client.post("UserEvent", {"UserEvent": "Once"})
        for name in ("UserEvent", "Originate", "CoreShowChannels"):
            await peer.received(name)
        peer.cut()
        with pytest.raises(AmiLinkLost, match="action Originate stays without answer: "):
            await soon(asked)
        with pytest.raises(AmiLinkLost):
            await soon(listed)
        again = await ami.peer()
        await soon(owner.ups.get())
        await soon(client.action("Ping"))
        assert again.actions.empty()


async def test_between_two_links_actions_are_refused_not_kept_for_later() -> None:
    owner = Owner()
    async with FakeAmi() as ami, running(ami, owner) as client:
        peer = await ami.peer()
        await soon(owner.ups.get())
        ami.refuse()
        peer.cut()
        await soon(owner.downs.get())
        assert not client.up
        with pytest.raises(AmiLinkLost, match="action Originate was not sent"):
            await client.action("Originate")
        with pytest.raises(AmiLinkLost):
            client.post("UserEvent", {"UserEvent": "Lost"})
        await ami.listen()
        again = await ami.peer()
        await soon(owner.ups.get())
        await soon(client.action("Ping"))
        assert again.actions.empty()


async def test_a_half_open_link_is_given_up_when_a_ping_stays_unanswered() -> None:
    owner = Owner()
    async with FakeAmi() as ami, running(ami, owner, heartbeat_s=0.05):
        peer = await ami.peer()
        await soon(owner.ups.get())
        peer.deaf = True
        await peer.received("Ping")
        reason = await soon(owner.downs.get())
        assert "does not answer a Ping" in str(reason)
        await soon(peer.closed.wait())
        await ami.peer()
        await soon(owner.ups.get())


async def test_a_peer_that_reads_nothing_more_cannot_hold_the_link_open() -> None:
    owner = Owner()
    async with linked(owner, heartbeat_s=0.05) as (client, peer):
        peer.stop_reading()
        for _ in range(100):
            client.post("UserEvent", {f"H{part}": "x" * 1_000 for part in range(100)})  # more than the sockets take
        assert "does not answer a Ping" in str(await soon(owner.downs.get()))


async def test_a_quiet_link_is_kept_by_answered_pings() -> None:
    owner = Owner()
    pings = asyncio.Semaphore(0)

    def pong(peer: Peer, action: Action) -> None:
        peer.answer(action, "Ping: Pong")
        pings.release()

    async with FakeAmi() as ami:
        ami.rules["Ping"] = pong
        async with running(ami, owner, heartbeat_s=0.5) as client:
            await soon(pings.acquire())
            await soon(pings.acquire())
            assert client.up
            assert owner.downs.empty()


async def test_a_message_cut_in_the_middle_is_not_dispatched() -> None:
    owner = Owner()
    async with linked(owner) as (_, peer):
        peer.send_bytes(b"Event: Whole\r\n\r\nEvent: Half\r\nChannel: PJS")
        peer.close()
        reason = await soon(owner.downs.get())
        assert (reason.id, "inside a message" in str(reason)) == ("ami-protocol", True)
        names = [owner.events.get_nowait().event for _ in range(owner.events.qsize())]
        assert names == ["FullyBooted", "Whole", "FullyBooted"][: len(names)]
        assert names[1] == "Whole"


async def test_what_arrived_before_the_cut_is_dispatched_before_the_owner_hears_of_it() -> None:
    owner = Owner()
    seen: list[str] = []
    owner.on_event = lambda message: seen.append(message.event)
    down = asyncio.Event()

    def on_down(_: AmiError) -> None:
        seen.append("down")
        down.set()

    owner.on_down = on_down
    async with linked(owner) as (client, peer):
        asked = asyncio.create_task(client.action("Getvar"))
        action = await peer.received("Getvar")
        peer.send_bytes(b"Response: Success\r\nActionID: " + action.id.encode() + b"\r\n\r\nEvent: Last\r\n\r\n")
        peer.close()
        assert await soon(asked)
        await soon(down.wait())
        assert seen[:3] == ["FullyBooted", "Last", "down"]


async def test_a_peer_that_goes_past_a_limit_loses_the_link_and_what_came_before_is_dispatched() -> None:
    owner = Owner()
    async with linked(owner) as (_, peer):
        peer.send_bytes(b"Event: Good\r\n\r\nEvent: Endless\r\nA: " + b"x" * 70_000)
        await owner.event("Good")
        assert "a line is longer than 65536 bytes" in str(await soon(owner.downs.get()))


async def test_answers_in_the_same_piece_as_a_fault_still_reach_those_who_wait() -> None:
    """Without a socket, which would cut so large a piece in two."""

    class Wire(asyncio.Transport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            for action in bytes(data).split(b"\r\n\r\n")[:-1]:
                answers.append(b"Response: Success\r\n" + action.split(b"\r\n")[1] + b"\r\n\r\n")
            written.set()

        def abort(self) -> None:
            asyncio.get_running_loop().call_soon(connection.connection_lost, None)

    answers = [b"Asterisk Call Manager/11.0.0\r\n"]
    written = asyncio.Event()
    connection = Connection(lambda _: None, heartbeat_s=3_600, answer_s=GUARD_S)
    connection.connection_made(Wire())
    asked = [asyncio.create_task(connection.ask("Getvar", is_list=False)) for _ in range(3)]
    await written.wait()
    connection.data_received(b"".join(answers) + b"Event: Endless\r\nA: " + b"x" * 70_000)
    for answer in asked:
        assert await answer
    assert connection.reason is not None
    assert connection.reason.id == "ami-protocol"


async def test_the_snapshot_of_a_lost_link_is_cancelled_before_the_owner_hears_of_the_loss() -> None:
    owner = Owner()
    seen: list[str] = []
    down = asyncio.Event()

    async def snapshot() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("snapshot over")

    def on_down(_: AmiError) -> None:
        seen.append("down")
        down.set()

    owner.snapshot, owner.on_down = snapshot, on_down
    async with linked(owner) as (_, peer):
        peer.cut()
        await soon(down.wait())
        assert seen[:2] == ["snapshot over", "down"]


async def test_a_snapshot_cut_by_the_loss_of_the_link_is_no_fault_of_the_owner() -> None:
    owner = Owner()
    async with FakeAmi() as ami:

        async def snapshot() -> None:
            await client.collect("CoreShowChannels")

        owner.snapshot = snapshot
        with capture_logs() as logs:
            async with running(ami, owner) as client:
                peer = await ami.peer()
                await peer.received("CoreShowChannels")
                peer.cut()
                await soon(owner.downs.get())
        assert not [entry for entry in logs if entry.get("error_id") == "ami-callback-failed"]


async def test_an_owner_that_fails_when_told_of_the_loss_is_linked_again_all_the_same() -> None:
    owner = Owner()

    def on_down(_: AmiError) -> None:
        raise ValueError("a bug of the owner")

    owner.on_down = on_down
    async with linked(owner) as (_, peer):
        peer.cut()
        await soon(owner.ups.get())


async def test_a_port_nobody_listens_on_is_tried_until_asterisk_is_there_and_logged_once() -> None:
    owner = Owner()
    attempts = 0
    tried = asyncio.Event()

    def count() -> Iterator[float]:
        nonlocal attempts
        while True:
            attempts += 1
            if attempts == 3:
                tried.set()
            yield 0.0

    async with FakeAmi() as ami:
        ami.refuse()
        with capture_logs() as logs:
            async with running(ami, owner, backoff=count) as client:
                await soon(tried.wait())
                assert client.trouble is not None
                assert client.trouble.id == "ami-unreachable"
                await ami.listen()
                await soon(owner.ups.get())
                assert client.trouble is None
    assert [entry["error_id"] for entry in logs if entry["event"] == "ami link down"] == ["ami-unreachable"]
    assert owner.downs.empty()


async def test_a_wrong_secret_is_said_to_be_one_and_tried_again_since_it_may_be_put_right() -> None:
    owner = Owner()
    async with FakeAmi(secret="other") as ami, running(ami, owner) as client:
        for _ in range(2):
            await soon((await ami.peer()).closed.wait())
        await ami.peer()
        assert str(client.trouble) == "Asterisk refused the login of user 'callcenter': Authentication failed"
        assert owner.ups.empty()


async def test_the_secret_is_not_told_to_a_peer_that_is_not_asterisk() -> None:
    owner = Owner()
    async with FakeAmi(banner=b"HTTP/1.1 400 Bad Request\r\n") as ami, running(ami, owner) as client:
        peer = await ami.peer()
        await soon(peer.closed.wait())
        await ami.peer()
        assert "not Asterisk's AMI" in str(client.trouble)
        assert peer.actions.empty()


async def test_a_peer_that_says_nothing_is_given_up() -> None:
    owner = Owner()
    async with FakeAmi(banner=b"") as ami, running(ami, owner, connect_s=0.05) as client:
        await soon((await ami.peer()).closed.wait())
        await ami.peer()
        assert str(client.trouble) == "no banner and login within 0.05 s"


async def test_an_asterisk_that_never_says_it_has_started_is_given_up_with_the_likely_reason() -> None:
    owner = Owner()
    async with FakeAmi() as ami:
        ami.booted = False
        async with running(ami, owner, boot_s=0.05) as client:
            await soon((await ami.peer()).closed.wait())
            await ami.peer()
            assert client.trouble is not None
            assert client.trouble.id == "ami-not-booted"
            assert 'the read class "system"' in str(client.trouble)


async def test_an_asterisk_that_stops_while_it_starts_is_tried_again() -> None:
    owner = Owner()
    async with FakeAmi() as ami:
        del ami.rules["Login"]
        async with running(ami, owner):
            peer = await ami.peer()
            peer.answer(await peer.received("Login"))
            peer.close()
            peer = await ami.peer()
            peer.answer(await peer.received("Login"))
            peer.send_bytes(FULLY_BOOTED)
            await soon(owner.ups.get())
            assert owner.downs.empty()


async def test_a_peer_that_accepts_and_closes_is_not_hammered() -> None:
    """Each attempt waits for the next, longer delay; only a link that lasted starts the delays anew."""
    owner = Owner()
    series = 0
    enough = asyncio.Event()

    def delays() -> Iterator[float]:
        nonlocal series
        series += 1
        yield from [0.0] * 5
        enough.set()
        yield 3_600.0

    async with FakeAmi() as ami:
        ami.closes_at_once = True
        async with running(ami, owner, backoff=delays):
            await soon(enough.wait())
        assert series == 1
        assert len(ami.peers) == 5 + 1


async def test_a_link_that_lasted_starts_the_delays_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.ami.client.GOOD_LINK_S", 0.0)
    owner = Owner()
    series = 0

    def delays() -> Iterator[float]:
        nonlocal series
        series += 1
        yield 0.0

    async with FakeAmi() as ami, running(ami, owner, backoff=delays):
        for _ in range(3):
            (await ami.peer()).cut()
        await ami.peer()
    assert series == 3


async def test_stopping_the_client_closes_its_connection_at_once() -> None:
    owner = Owner()
    async with FakeAmi() as ami:
        async with running(ami, owner) as client:
            peer = await ami.peer()
            await soon(owner.ups.get())
        await soon(peer.closed.wait())
        assert not client.up


def test_delays_double_up_to_the_cap_and_chance_takes_no_more_than_half() -> None:
    longest = list(islice(delays_s(0.1, 5.0, chance=lambda: 1.0), 8))
    shortest = list(islice(delays_s(0.1, 5.0, chance=lambda: 0.0), 8))
    assert longest == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])
    assert [2 * delay for delay in shortest] == longest
    assert all(before != after for before, after in pairwise(islice(delays_s(5.0, 5.0), 5)))
