"""One day's records against Asterisk's own files: from the store, by the command, and by the API."""

import json
import os
from asyncio import to_thread
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cti.commands import main
from cti.settings import Settings
from recording.entries import Entry, Source
from recording.ledger import LedgerRow, parse_row
from recording.reconcile.comparison import Cause, Kind
from recording.reconcile.day import reconcile
from recording.reconcile.rows import CALLS as CALLS_CSV
from recording.reconcile.rows import DayGone
from recording.series import Series
from recording.store import Store
from recording.transactions import write_records
from tests.contract.fake_floor import open_floor
from tests.ledgers import NAMES, RealCall, batch, real_call
from tests.reconciled_calls import call as made_call
from tests.reconciled_calls import line_of

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

CALLS = [real_call(name) for name in NAMES]
DAY = datetime(2026, 11, 22, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


async def keep(store: Store, *calls: RealCall) -> None:
    for call in calls:
        for one in call.batches():
            await store.ingest(one)


def write_master(log: Path, *calls: RealCall) -> None:
    folder = log / "cdr-csv"
    folder.mkdir(parents=True, exist_ok=True)
    lines = dict.fromkeys(line for call in calls for line in call.cdr.splitlines(keepends=True))  # two may share one
    (folder / "Master.csv").write_bytes(b"".join(lines))


def calls_csv(call: RealCall, **changes: str) -> str:
    """The caller's channel as calls.csv has it, from our own ledger."""
    record = call.record()
    leg = next(one for one in record.legs if one.uniqueid == record.linkedid)
    peers = [one.channel for one in record.legs if one is not leg] or [""]
    instants = {"start": leg.started_at, "answer": leg.answered_at, "end": leg.ended_at}
    said = {name: f"{one.timestamp():.6f}" if one else "0.000000" for name, one in instants.items()} | changes
    shared = [said["start"], said["answer"], said["end"], "ANSWERED", "s", "callcenter", leg.channel]
    return "".join(
        ",".join(f'"{field}"' for field in (record.linkedid, leg.uniqueid, *shared, peer, "Dial")) + "\n"
        for peer in peers
    )


async def test_a_day_of_real_calls_agrees(store: Store, tmp_path: Path) -> None:
    await keep(store, *CALLS)
    write_master(tmp_path, *CALLS)
    found = await reconcile(store, tmp_path, DAY, NEXT)
    assert found.reconciliation.differences == ()
    assert found.unreadable == ()
    assert found.reconciliation.records == len(CALLS)
    assert (await reconcile(store, tmp_path, NEXT, NEXT + timedelta(days=1))).reconciliation.records == 0


async def test_a_call_at_midnight_belongs_to_the_day_in_which_it_began(store: Store, tmp_path: Path) -> None:
    call = real_call("answered_with_hold")
    await keep(store, call)
    write_master(tmp_path, call)
    within = call.record().started_at + timedelta(seconds=2)
    before = (await reconcile(store, tmp_path, DAY, within)).reconciliation
    after = (await reconcile(store, tmp_path, within, NEXT)).reconciliation
    assert (before.records, before.agrees) == (1, True)
    assert (after.records, after.rows, after.agrees) == (0, {}, True)


async def test_the_file_that_knows_more_counts_and_the_older_one_for_what_it_lacks(
    store: Store, tmp_path: Path
) -> None:
    old, new = real_call("answered_caller_hangs_up"), real_call("served_by_ivr")
    await keep(store, old, new)
    write_master(tmp_path, old, new)
    (tmp_path / "cdr-custom").mkdir()
    (tmp_path / "cdr-custom/calls.csv.1").write_text(calls_csv(new))
    found = (await reconcile(store, tmp_path, DAY, NEXT)).reconciliation
    assert (found.differences, found.rows) == ((), {Kind.CALL: 2})
    late = f"{new.record().ended_at.timestamp() + 1.1:.6f}"
    (tmp_path / "cdr-custom/calls.csv.1").write_text(calls_csv(new, end=late))
    found = (await reconcile(store, tmp_path, DAY, NEXT)).reconciliation
    assert {one.cause for one in found.differences} == {Cause.ENDED, Cause.DURATION, Cause.BILLED}


async def test_star_codes_and_calls_under_way_and_just_ended_are_known(store: Store, tmp_path: Path) -> None:
    star, going_on, just_ended = (real_call(name) for name in ("served_by_ivr", "abandoned_waiting", "surveyed"))
    await store.ingest(
        batch(
            Source.LEDGER,
            [
                Entry(Source.LEDGER, body, parse_row(body))
                for body in (line.replace('"4000"', '"*11"') for line in star.ledger.decode().splitlines())
            ],
        )
    )
    begun = [one for one in going_on.batches()[1].entries if isinstance(one.event, LedgerRow)][:5]
    await store.ingest(batch(Source.LEDGER, begun))
    write_master(tmp_path, star, going_on, just_ended)
    ended = just_ended.record().ended_at
    ages_ago = datetime.now(UTC) - ended
    found = (await reconcile(store, tmp_path, DAY, NEXT, settled=ages_ago + timedelta(hours=1))).reconciliation
    assert found.differences == ()
    assert found.rows[Kind.UNDER_WAY] == 2
    assert sum(found.rows.values()) == 3
    found = (await reconcile(store, tmp_path, DAY, NEXT)).reconciliation
    assert [one.cause for one in found.differences] == [Cause.ONLY_ASTERISK]
    assert found.differences[0].linkedid == just_ended.record().linkedid


async def test_a_record_whose_rows_may_have_been_on_their_way_when_they_were_read_is_under_way(
    store: Store, tmp_path: Path
) -> None:
    call, before = real_call("served_by_ivr"), real_call("abandoned_waiting")
    await keep(store, call, before)
    write_master(tmp_path, before)
    since = datetime.now(UTC) - min(one.record().ended_at for one in (call, before))
    of_now = (await reconcile(store, tmp_path, DAY, NEXT, settled=since + timedelta(hours=1))).reconciliation
    assert (of_now.records, of_now.rows, of_now.differences) == (0, {Kind.UNDER_WAY: 1}, ())
    later = (await reconcile(store, tmp_path, DAY, NEXT)).reconciliation
    assert [(one.cause, one.linkedid) for one in later.differences] == [(Cause.ONLY_US, call.record().linkedid)]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-20", 24)])
async def test_a_day_is_as_long_as_the_centres_clocks_make_it(
    store: Store, tmp_path: Path, day: str, hours: int
) -> None:
    """A call in its last half hour is of it, one in the first half hour after is not."""
    zone = ZoneInfo("Europe/Berlin")
    since = datetime.fromisoformat(day).replace(tzinfo=zone)
    until = (since + timedelta(days=1)).replace(tzinfo=zone)
    assert (until.astimezone(UTC) - since.astimezone(UTC)) == timedelta(hours=hours)
    story = "answered_caller_hangs_up"
    last, next_day = (
        made_call(
            story, number, until.astimezone(UTC) + timedelta(minutes=minutes) - real_call(story).record().started_at
        )
        for number, minutes in enumerate((-30, 30))
    )
    async with store.transaction() as connection:
        await write_records(connection, [last[0], next_day[0]])
    (tmp_path / CALLS_CSV).parent.mkdir()
    (tmp_path / CALLS_CSV).write_text("".join(map(line_of, (*last[1], *next_day[1]))))
    found = (await reconcile(store, tmp_path, since, until)).reconciliation
    assert (found.records, found.differences, sum(found.rows.values())) == (1, (), len(last[1]))


async def test_a_call_that_could_not_be_folded_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    call = real_call("served_by_ivr")
    monkeypatch.setattr("recording.transactions.fold", fail)
    await keep(store, call)
    write_master(tmp_path, call)
    found = (await reconcile(store, tmp_path, DAY, NEXT)).reconciliation
    assert [one.cause for one in found.differences] == [Cause.NOT_FOLDED]


async def test_the_command_says_every_difference_and_its_exit_code_whether_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    settings = Settings(state=tmp_path)
    store = Store(settings.database_url)
    await store.migrate()
    await keep(store, *CALLS)
    await store.close()
    write_master(settings.asterisk_log, *CALLS)
    assert await to_thread(main, ["reconcile", "2026-11-22"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "No difference."
    write_master(settings.asterisk_log, *CALLS[1:])
    with (settings.asterisk_log / "cdr-csv/Master.csv").open("a") as file:
        file.write("torn\n")
    assert await to_thread(main, ["reconcile", "2026-11-22"]) == 1
    out = capsys.readouterr().out
    assert "only_us" in out
    assert CALLS[0].record().id in out
    assert "1 columns; expected 11, or 17 or 18" in out
    assert CALLS[0].record().caller not in out
    assert await to_thread(main, ["reconcile", "2026-11-21", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == 0


async def test_the_api_gives_a_days_result_from_a_process_of_its_own(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    async with open_floor(tmp_path) as web:
        await web.remember("served_by_ivr")
        write_master(settings.asterisk_log, real_call("served_by_ivr"))
        status, answer = await web.get("/api/reconciliation?day=2026-11-22")
        assert (status, answer["agrees"], answer["records"], answer["rows"]) == (200, True, 1, {"call": 1})
        status, answer = await web.get("/api/reconciliation")
        assert (status, answer["records"]) == (200, 0)
        calls = Series(settings.asterisk_log / CALLS_CSV)
        calls.path.parent.mkdir(exist_ok=True)
        for text in ("no row", calls_csv(real_call("served_by_ivr"))):
            calls.path.write_text(text)
            calls.move_aside()
        calls.aside()[0][1].unlink()
        status, answer = await web.get("/api/reconciliation?day=2026-11-22")
        assert (status, answer["error"]["id"]) == (410, "day-gone")
        calls.aside()[0][1].unlink()
        (settings.asterisk_log / "cdr-csv/Master.csv").unlink()
        (settings.asterisk_log / "cdr-csv/Master.csv").mkdir()
        status, answer = await web.get("/api/reconciliation?day=2026-11-22")
        assert (status, answer["error"]["id"]) == (503, "reconciliation-failed")


async def test_of_a_day_whose_files_are_gone_it_is_said_and_files_of_other_days_are_not_read(
    store: Store, tmp_path: Path
) -> None:
    call = real_call("answered_caller_hangs_up")
    await keep(store, call)
    files = Series(tmp_path / CALLS_CSV)
    files.path.parent.mkdir(parents=True)
    for days, text in ((-40, "no row"), (-20, "no row"), (0, calls_csv(call)), (20, ""), (40, "no row")):
        files.path.write_text(text)
        at = (DAY + timedelta(days=days)).timestamp()
        os.utime(files.path, (at, at))
        files.move_aside()
    found = await reconcile(store, tmp_path, DAY, NEXT)
    assert (found.reconciliation.records, found.reconciliation.differences, found.unreadable) == (1, (), ())
    for _, path in files.aside()[:2]:
        path.unlink()
    with pytest.raises(DayGone, match="kept no longer; expected a day after 2026-11-22"):
        await reconcile(store, tmp_path, DAY, NEXT)
    assert (await reconcile(store, tmp_path, NEXT, NEXT + timedelta(days=1))).reconciliation.records == 0
