"""What callcenter.toml says of recordings."""

from pathlib import Path

import pytest

from cti.settings import SettingsError, load_settings

pytestmark = pytest.mark.unit


def test_where_recordings_are_kept_comes_from_a_table_or_as_json(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text(
        '[recordings]\nformat = "opus"\nstore = "s3"\nencrypt = true\nkeys = "/etc/callcenter/recording-keys"\n'
        '[recordings.s3]\nbucket = "calls"\nendpoint = "https://s3.example:9000"\nprefix = "centre1/"\n'
    )
    settings = load_settings({}, tmp_path)
    assert (settings.recordings.format, settings.recordings.encrypt) == ("opus", True)
    assert settings.recordings.s3
    assert (settings.recordings.s3.bucket, settings.recordings.s3.path_style) == ("calls", True)
    assert load_settings(settings.environment(), tmp_path) == settings
    assert load_settings({"CALLCENTER_RECORDINGS": ""}, tmp_path).recordings.store == "folder"


def test_calls_of_no_queue_are_kept_half_a_year_unless_told_otherwise(tmp_path: Path) -> None:
    said = load_settings({"CALLCENTER_RECORDINGS": '{"keep_days": {"internal": 30}}'}, tmp_path).recordings.keep_days
    assert (said.inbound, said.internal, said.outbound) == (180, 30, 180)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("nonsense", 'expected JSON, such as {"format": "flac", "encrypt": true}'),
        ('{"store": "s3"}', "store is s3: expected its bucket in a table [recordings.s3]"),
        ('{"keys": "keys"}', "keys is 'keys': expected an absolute path"),
        ('{"s3": {"bucket": "calls", "ca": "ca.pem"}}', "ca is 'ca.pem': expected an absolute path"),
        ('{"s3": {"bucket": "calls", "endpoint": "http://user:secret@host"}}', "String should match pattern"),
        ('{"keep_days": {"internal": 0}}', "Input should be greater than or equal to 1"),
        ('{"format": "mp3"}', "Input should be 'wav', 'flac' or 'opus'"),
        ('{"fromat": "wav"}', "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_table_of_recordings_is_told(tmp_path: Path, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({"CALLCENTER_RECORDINGS": value}, tmp_path)
    assert expected in str(raised.value)
    assert "secret" not in str(raised.value)
