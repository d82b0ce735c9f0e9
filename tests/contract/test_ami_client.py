"""What the AMI client does with answers and events while its link is up."""

import asyncio
import ssl

import pytest
from structlog.testing import capture_logs

from cti.ami.client import AmiClient
from cti.ami.errors import AmiHeaderRefused, AmiLinkLost, AmiRefused, AmiTimeout
from cti.ami.message import Message
from tests.contract.ami_owner import Owner, linked, running, soon
from tests.contract.fake_ami import Action, FakeAmi, Peer

pytestmark = pytest.mark.contract


async def test_a_login_carries_user_and_secret_and_the_owner_hears_of_it_once_asterisk_has_started() -> None:
    owner = Owner()
    async with FakeAmi() as ami:
        del ami.rules["Login"]
        async with running(ami, owner) as client:
            peer = await ami.peer()
            login = await peer.received("Login")
            assert (login.get("Username"), login.get("Secret")) == ("callcenter", "secret")
            peer.answer(login, "Message: Authentication accepted")
            peer.send("Event: SuccessfulAuth")
            await owner.event("SuccessfulAuth")
            assert owner.ups.empty()
            assert not client.up
            peer.send("Event: FullyBooted")
            await soon(owner.ups.get())
            assert client.up


async def test_an_action_returns_asterisks_response() -> None:
    async with linked() as (client, peer):
        asked = asyncio.create_task(client.action("Getvar", {"Channel": "c", "Variable": "X"}))
        peer.answer(await peer.received("Getvar"), "Variable: X", "Value: 7")
        assert (await soon(asked)).get("Value") == "7"


async def test_answers_find_their_actions_in_any_order() -> None:
    async with linked() as (client, peer):
        asked = [asyncio.create_task(client.action("Getvar", {"Variable": name})) for name in "abc"]
        received = [await peer.received("Getvar") for _ in asked]
        for action in reversed(received):
            peer.answer(action, f"Value: {action.get('Variable')}")
        assert [(await soon(task)).get("Value") for task in asked] == ["a", "b", "c"]


async def test_a_refusal_is_an_error_with_asterisks_own_words() -> None:
    async with linked() as (client, peer):
        asked = asyncio.create_task(client.action("Hangup", {"Channel": "gone"}))
        peer.answer(await peer.received("Hangup"), "Message: No such channel", response="Error")
        with pytest.raises(AmiRefused, match="Asterisk refused action Hangup: No such channel") as caught:
            await soon(asked)
        assert (caught.value.action, caught.value.message) == ("Hangup", "No such channel")


async def test_a_refused_command_says_what_the_command_line_said() -> None:
    async with linked() as (client, peer):
        asked = asyncio.create_task(client.action("Command", {"Command": "nonsense"}))
        refusal = ("Message: Command output follows", "Output: No such command 'nonsense'")
        peer.answer(await peer.received("Command"), *refusal, response="Error")
        with pytest.raises(AmiRefused, match="No such command"):
            await soon(asked)


async def test_the_event_of_an_originate_is_not_its_answer_though_it_has_a_response_header() -> None:
    owner = Owner()
    async with linked(owner) as (client, peer):
        asked = asyncio.create_task(client.action("Originate", {"Channel": "c", "Async": "true"}, {"X": "a,b"}))
        action = await peer.received("Originate")
        assert action.get("Variable") == "X=a\\,b"
        listed = asyncio.create_task(client.collect("CoreShowChannels"))
        peer.answer(await peer.received("CoreShowChannels"), "EventList: start")
        peer.send("Event: OriginateResponse", f"ActionID: {action.id}", "Response: Failure")
        assert (await owner.event("OriginateResponse")).get("Response") == "Failure"
        peer.answer(action, "Message: Originate successfully queued")
        assert (await soon(asked)).response == "Success"
        assert not listed.done()
        listed.cancel()


async def test_a_list_is_its_events_and_they_are_not_dispatched() -> None:
    owner = Owner()
    async with linked(owner) as (client, peer):
        asked = asyncio.create_task(client.collect("CoreShowChannels"))
        action = await peer.received("CoreShowChannels")
        peer.answer(action, "EventList: start", "Message: Channels will follow")
        peer.send("Event: CoreShowChannel", f"ActionID: {action.id}", "Channel: a")
        peer.send("Event: Hangup", "Channel: x")
        peer.send("Event: UserEvent", "ActionID: of-somebody-else", "UserEvent: Y")
        peer.send("Event: CoreShowChannel", f"ActionID: {action.id}", "Channel: b")
        peer.send("Event: CoreShowChannelsComplete", f"ActionID: {action.id}", "EventList: Complete", "ListItems: 2")
        assert [item.get("Channel") for item in await soon(asked)] == ["a", "b"]
        names = [owner.events.get_nowait().event for _ in range(owner.events.qsize())]
        assert names == ["FullyBooted", "Hangup", "UserEvent"]


async def test_two_lists_at_once_do_not_mix() -> None:
    async with linked() as (client, peer):
        asked = [asyncio.create_task(client.collect("DeviceStateList")) for _ in range(2)]
        actions = [await peer.received("DeviceStateList") for _ in asked]
        for action in actions:
            peer.answer(action, "EventList: start")
        for number, action in enumerate(actions * 2):
            peer.send("Event: DeviceStateChange", f"ActionID: {action.id}", f"Device: {number}")
        for action in actions:
            peer.send("Event: DeviceStateListComplete", f"ActionID: {action.id}", "EventList: Complete")
        assert [[item.get("Device") for item in await soon(task)] for task in asked] == [["0", "2"], ["1", "3"]]


async def test_a_list_action_that_answers_without_a_list_gives_none() -> None:
    async with linked() as (client, peer):
        asked = asyncio.create_task(client.collect("QueueStatus"))
        peer.answer(await peer.received("QueueStatus"))
        assert await soon(asked) == []


async def test_a_list_that_is_refused_or_broken_off_is_an_error() -> None:
    async with linked() as (client, peer):
        asked = [asyncio.create_task(client.collect("PJSIPShowEndpoints")) for _ in range(2)]
        refused, broken_off = [await peer.received("PJSIPShowEndpoints") for _ in asked]
        peer.answer(refused, "Message: No endpoints found", response="Error")
        peer.answer(broken_off, "EventList: start")
        peer.send("Event: EndpointListComplete", f"ActionID: {broken_off.id}", "EventList: cancelled")
        with pytest.raises(AmiRefused, match="No endpoints found"):
            await soon(asked[0])
        with pytest.raises(AmiRefused, match="the list ended as 'cancelled'"):
            await soon(asked[1])


async def test_whoever_awaits_an_answer_runs_before_the_events_behind_it_are_dispatched() -> None:
    owner = Owner()
    seen: list[str] = []
    owner.on_event = lambda message: seen.append(message.event)
    done = asyncio.Event()

    async with FakeAmi() as ami:

        async def snapshot() -> None:
            for item in await client.collect("DeviceStateList"):
                seen.append(f"snapshot {item.get('State')}")
            done.set()

        def answer_and_go_on(peer: Peer, action: Action) -> None:
            action_id = f"ActionID: {action.id}"
            text = "\r\n".join((
                "Response: Success", action_id, "EventList: start", "",
                "Event: DeviceStateChange", action_id, "State: INUSE", "",
                "Event: Older", "",
                "Event: DeviceStateListComplete", action_id, "EventList: Complete", "",
                "Event: Younger", "", "",
            ))  # fmt: skip
            peer.send_bytes(text.encode())  # in one piece, so that all of it is decoded at once

        owner.snapshot = snapshot
        ami.rules["DeviceStateList"] = answer_and_go_on
        async with running(ami, owner) as client:
            await soon(done.wait())
            await soon(client.action("Ping"))
        assert seen == ["FullyBooted", "Older", "snapshot INUSE", "Younger"]


async def test_events_keep_coming_while_the_owner_takes_his_snapshot() -> None:
    owner = Owner()
    owner.snapshot = asyncio.Event().wait  # type: ignore[assignment]  # a snapshot that never ends
    async with linked(owner) as (_, peer):
        for number in range(1_000):
            peer.send("Event: Newexten", f"Priority: {number}")
        peer.send("Event: Last")
        await owner.event("Last")


async def test_an_event_handler_that_raises_is_logged_and_stops_neither_the_link_nor_other_events() -> None:
    owner = Owner()

    def on_event(message: Message) -> None:
        owner.events.put_nowait(message)
        if message.event == "Poison":
            raise ValueError("a bug of the owner")

    owner.on_event = on_event
    async with linked(owner) as (client, peer):
        with capture_logs() as logs:
            peer.send_bytes(b"Event: Poison\r\nCallerIDNum: 13800000000\r\n\r\nEvent: Next\r\n\r\n")
            await owner.event("Next")
        assert await soon(client.action("Ping"))
        assert owner.downs.empty()
    [entry] = logs
    assert (entry["error_id"], entry["event_name"]) == ("ami-callback-failed", "Poison")
    assert "13800000000" not in str(entry)


async def test_an_owner_that_fails_at_his_snapshot_keeps_the_link_and_is_asked_again() -> None:
    owner = Owner()
    done = asyncio.Event()

    async def snapshot() -> None:
        if owner.ups.qsize() < 3:
            raise ValueError("a bug of the owner")
        done.set()

    owner.snapshot = snapshot
    async with FakeAmi() as ami:
        with capture_logs() as logs:
            async with running(ami, owner) as client:
                await soon(done.wait())
                assert await soon(client.action("Ping"))
        assert len(ami.peers) == 1
        assert [entry["callback"] for entry in logs if entry.get("error_id") == "ami-callback-failed"] == ["on_up"] * 2


async def test_a_posted_action_waits_for_nothing_and_its_refusal_is_logged() -> None:
    async with linked() as (client, peer):
        client.post("UserEvent", {"UserEvent": "CallQueued", "Queue": "sales"})
        action = await peer.received("UserEvent")
        assert action.headers[2:] == [("UserEvent", "CallQueued"), ("Queue", "sales")]
        with capture_logs() as logs:
            peer.answer(action, "Message: Permission denied", response="Error")
            await soon(client.action("Ping"))
        assert [(entry["error_id"], entry["answer"]) for entry in logs] == [("ami-refused", "Permission denied")]


async def test_an_action_with_a_line_end_reaches_no_wire() -> None:
    async with linked() as (client, peer):
        with pytest.raises(AmiHeaderRefused):
            client.post("UserEvent", {"UserEvent": "X", "Name": "Li\nAction: Command"})
        with pytest.raises(AmiHeaderRefused):
            await client.action("Setvar", {"Value": "x\r\n\r\nAction: Logoff"})
        await soon(client.action("Ping"))
        assert peer.actions.empty()


async def test_an_action_without_an_answer_ends_in_an_error_of_its_own_and_its_late_answer_is_nobodys() -> None:
    owner = Owner()
    async with linked(owner, answer_s=0.05) as (client, peer):
        with pytest.raises(AmiTimeout, match="no answer to action Getvar within"):
            await client.action("Getvar")
        peer.answer(await peer.received("Getvar"), "Value: late")
        peer.send("Event: After")
        await owner.event("After")
        assert client.up


async def test_a_caller_who_stops_waiting_disturbs_nobody() -> None:
    async with linked() as (client, peer):
        asked = asyncio.create_task(client.collect("CoreShowChannels"))
        action = await peer.received("CoreShowChannels")
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        peer.answer(action, "EventList: start")
        assert await soon(client.action("Ping"))


async def test_an_action_before_the_first_login_is_refused_at_once() -> None:
    owner = Owner()
    client = AmiClient("127.0.0.1", 1, "u", "s", on_event=owner.on_event, on_up=owner.on_up, on_down=owner.on_down)
    with pytest.raises(AmiLinkLost, match=r"no link to Asterisk at 127\.0\.0\.1:1"):
        await client.action("Ping")
    with pytest.raises(AmiLinkLost):
        client.post("Ping")


async def test_the_link_may_be_encrypted() -> None:
    """Without certificates: key files do not belong into a repository, and who may be trusted is not ours to test."""
    server, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_side.check_hostname, client_side.verify_mode = False, ssl.CERT_NONE
    for context in (server, client_side):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AECDH:ADH:@SECLEVEL=0")
    owner = Owner()
    async with FakeAmi(tls=server) as ami, running(ami, owner, tls=client_side) as client:
        await soon(owner.ups.get())
        assert await soon(client.action("Ping"))


async def test_a_flood_of_events_arrives_whole_and_in_order() -> None:
    owner = Owner()
    flood = b"".join(b"Event: Newexten\r\nPriority: %d\r\n\r\n" % number for number in range(50_000))
    async with linked(owner) as (_, peer):
        peer.send_bytes(flood + b"Event: Last\r\n\r\n")
        numbers = []
        while (message := await soon(owner.events.get())).event != "Last":
            numbers.append(message.get("Priority"))
        assert numbers[1:] == [str(number) for number in range(50_000)]


async def test_a_peer_that_writes_byte_by_byte_is_understood() -> None:
    owner = Owner()
    async with linked(owner) as (_, peer):
        for byte in "Event: Slow\r\nCallerIDName: 李\r\n\r\n".encode():
            peer.send_bytes(bytes([byte]))
            await asyncio.sleep(0)
        assert (await owner.event("Slow")).get("CallerIDName") == "李"
