"""Settings come from a file and variables, and a wrong one is named with what was expected."""

from pathlib import Path

import pytest

from cti.settings import PortRange, SettingsError, load_settings

pytestmark = pytest.mark.unit


def problems(environment: dict[str, str], home: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, home)
    assert caught.value.id == "settings-invalid"
    return str(caught.value)


def test_without_a_file_and_variables_everything_stays_on_loopback(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    assert (settings.listen, settings.control, settings.sip_port) == ("127.0.0.1", "127.0.0.1", 5060)
    assert settings.rtp_ports == PortRange(first=20000, last=20999)
    assert settings.database_url == f"sqlite+aiosqlite:///{settings.state}/callcenter.db"


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text('sip_port = 5070\nami_port = 5071\nrtp_ports = "30000-30099"\n')
    settings = load_settings({"CALLCENTER_SIP_PORT": "5080", "PATH": "/bin"}, tmp_path)
    assert (settings.sip_port, settings.ami_port) == (5080, 5071)
    assert str(settings.rtp_ports) == "30000-30099"


def test_an_empty_variable_takes_back_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text('agi_standby = "10.0.0.2:4573"\nasterisk = "/opt/asterisk"\n')
    settings = load_settings({"CALLCENTER_AGI_STANDBY": "", "CALLCENTER_ASTERISK": ""}, tmp_path)
    assert (settings.agi_standby, settings.asterisk) == ("", None)


def test_the_file_may_lie_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('node = "berlin"\n')
    assert load_settings({"CALLCENTER_SETTINGS": str(file)}, tmp_path).node == "berlin"


def test_paths_count_from_the_clone_in_the_file_and_from_here_in_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "callcenter.toml").write_text('state = "a"\ndialplans = "b"\n')
    settings = load_settings({"CALLCENTER_STATE": "c"}, tmp_path)
    assert (settings.state, settings.dialplans) == (tmp_path / "here/c", tmp_path / "b")


def test_settings_passed_on_as_variables_arrive_unchanged(tmp_path: Path) -> None:
    given = {"CALLCENTER_STATE": str(tmp_path / "s"), "CALLCENTER_RTP_PORTS": "30000-30099"}
    settings = load_settings(given, tmp_path)
    (tmp_path / "callcenter.toml").write_text('agi_standby = "10.0.0.2:4573"\nhttp_port = 1\n')
    assert load_settings(settings.environment(), tmp_path) == settings


def test_ami_and_fastagi_stay_on_loopback_when_phones_come_over_the_network(tmp_path: Path) -> None:
    settings = load_settings({"CALLCENTER_LISTEN": "0.0.0.0"}, tmp_path)
    assert (settings.control, settings.local) == ("127.0.0.1", "127.0.0.1")
    settings = load_settings({"CALLCENTER_LISTEN": "10.1.2.3"}, tmp_path)
    assert (settings.control, settings.local) == ("127.0.0.1", "10.1.2.3")


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("SIP_PORT", "many", "CALLCENTER_SIP_PORT: 'many' does not fit: Input should be a valid integer"),
        ("HTTP_PORT", "70000", "CALLCENTER_HTTP_PORT: '70000' does not fit: Input should be less than or equal to"),
        ("RTP_PORTS", "20000", "CALLCENTER_RTP_PORTS: '20000' does not fit: expected two ports with a dash between"),
        ("RTP_PORTS", "30000-20000", "expected a range of at least four ports between 1024 and 65535"),
        ("LISTEN", "localhost", "CALLCENTER_LISTEN: 'localhost' does not fit: expected an IPv4 address"),
        ("NODE", "Node 1", "CALLCENTER_NODE: 'Node 1' does not fit: String should match pattern"),
        ("STATE", "/tmp/a;b c", "expected a path without ' ' ';', which Asterisk would misread"),
        ("STATE", "/" + "a" * 80, "expected a path of at most 80 bytes"),
        ("AMI_PORT", "5060", "ami_port is 5060, as sip_port is: expected a port of its own for each"),
        ("SIP_PROT", "5060", "CALLCENTER_SIP_PROT: there is no such setting; did you mean sip_port?"),
        ("COLOUR", "red", "CALLCENTER_COLOUR: there is no such setting; expected one of state, node, listen"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(
    variable: str, value: str, expected: str, tmp_path: Path
) -> None:
    assert expected in problems({f"CALLCENTER_{variable}": value}, tmp_path)


def test_all_wrong_settings_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text('sip_port = "x"\nnonsense = 1\n')
    text = problems({"CALLCENTER_LISTEN": "x"}, tmp_path)
    assert len(text.splitlines()) == 3
    assert f"{tmp_path}/callcenter.toml: sip_port: 'x' does not fit" in text


def test_a_file_that_is_not_toml_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text("sip_port = 5060\nlisten = \n")
    assert "callcenter.toml: not TOML: Invalid value (at line 2" in problems({}, tmp_path)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    assert "CALLCENTER_SETTINGS: there is no file" in problems({"CALLCENTER_SETTINGS": str(tmp_path / "x")}, tmp_path)


def test_the_programs_that_flows_may_ask_come_from_a_table_or_as_json(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text(
        '[look_ups]\nallow = ["https://crm.example/api/"]\nsecrets = {crm = "/etc/callcenter/crm.key"}\n'
    )
    settings = load_settings({}, tmp_path)
    assert str(settings.look_ups.rules.allowed) == "https://crm.example/api/"
    assert settings.look_ups.rules.secrets == {"crm"}
    assert settings.look_ups.secrets["crm"] == Path("/etc/callcenter/crm.key")
    assert load_settings(settings.environment(), tmp_path) == settings
    assert load_settings({"CALLCENTER_LOOK_UPS": ""}, tmp_path).look_ups.allow == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("nonsense", 'expected JSON, such as {"allow": ["https://crm.example/api/"], "secrets": {}}'),
        ('{"allow": ["crm.example"]}', '"crm.example" is no address (expected http://… or https://…, without #)'),
        ('{"allow": ["https://a:b@crm.example/"]}', "a user or a password stands in the address"),
        ('{"secrets": {"crm": "key"}}', "the file of a secret is 'key': expected an absolute path"),
        ('{"allowed": []}', "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_table_of_programs_is_told(tmp_path: Path, value: str, expected: str) -> None:
    assert expected in problems({"CALLCENTER_LOOK_UPS": value}, tmp_path)
