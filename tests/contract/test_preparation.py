"""What stands in the way of a start is named before anything is started."""

import errno
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from cti.preparation import AlreadyRunning, DiskFull, PortTaken, disk_errors, ownership, require_ports, require_room
from cti.settings import Settings, SettingsError

pytestmark = pytest.mark.contract


def settings_with(port: int) -> Settings:
    """Every port free but, perhaps, one."""
    return Settings(sip_port=port, ami_port=_free(), agi_port=_free(), http_port=_free())


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_a_state_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with ownership(tmp_path / "state"), pytest.raises(AlreadyRunning, match="another `callcenter run` works here"):
        ownership(tmp_path / "state").__enter__()
    with ownership(tmp_path / "state"):
        pass


def test_too_little_room_is_refused_with_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=3 << 20))
    with pytest.raises(DiskFull, match="3 MB are free; expected 64 MB at least"):
        require_room(tmp_path)


def test_a_write_to_a_full_disk_becomes_an_error_with_an_id(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="No space left on device") as caught, disk_errors(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.id == "disk-full"


def test_another_fault_of_the_operating_system_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), disk_errors(tmp_path):
        raise PermissionError(errno.EACCES, "no")


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_taken_by_either_kind_of_socket_is_named(kind: socket.SocketKind) -> None:
    with socket.socket(type=kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        settings = settings_with(other.getsockname()[1])
        with pytest.raises(PortTaken, match=f"CALLCENTER_SIP_PORT: 127.0.0.1:{settings.sip_port} is taken"):
            require_ports(settings, asterisk_runs=False)
        require_ports(settings, asterisk_runs=True)


def test_an_address_that_the_machine_does_not_have_is_named() -> None:
    settings = settings_with(_free()).model_copy(update={"listen": "192.0.2.77"})
    with pytest.raises(SettingsError, match=r"cannot listen on 192\.0\.2\.77"):
        require_ports(settings, asterisk_runs=False)
