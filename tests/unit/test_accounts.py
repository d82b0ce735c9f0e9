"""The secrets of an instance are made once, kept, and hidden from everybody else."""

import json
from pathlib import Path

import pytest

from cti.accounts import AccountsError, add_phone, load_credentials, provide_credentials

pytestmark = pytest.mark.unit

FILES = ("token", "ami.json", "accounts.json")


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = provide_credentials(tmp_path / "state")
    assert provide_credentials(tmp_path / "state") == first == load_credentials(tmp_path / "state")
    assert [account.agent for account in first.agents] == ["1001", "1002", "1003", "1004"]
    assert len({account.sip_password for account in first.agents}) == 4


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    state = tmp_path / "state"
    provide_credentials(state)
    assert state.stat().st_mode & 0o777 == 0o700
    assert {name: (state / name).stat().st_mode & 0o777 for name in FILES} == dict.fromkeys(FILES, 0o600)
    assert sorted(path.name for path in state.iterdir()) == sorted(FILES)


def test_no_secret_shows_in_a_representation(tmp_path: Path) -> None:
    credentials = provide_credentials(tmp_path)
    shown = repr(credentials) + repr(credentials.agents) + repr(credentials.ami)
    hidden = [credentials.token, credentials.ami.callcenter, credentials.ami.monitor]
    hidden += [secret for account in credentials.agents for secret in (account.pin, account.sip_password)]
    assert [secret for secret in hidden if secret in shown] == []


def test_a_missing_file_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match="token: missing; `callcenter run` makes it"):
        load_credentials(tmp_path)


def test_a_wrong_account_is_named_by_its_place_without_its_secret(tmp_path: Path) -> None:
    provide_credentials(tmp_path)
    file = tmp_path / "accounts.json"
    accounts = json.loads(file.read_text("utf-8"))
    accounts["agents"][2]["sip_password"] = "with;semicolon"
    file.write_text(json.dumps(accounts), "utf-8")
    with pytest.raises(AccountsError) as caught:
        provide_credentials(tmp_path)
    assert "accounts.json: agents.2.sip_password: String should match pattern" in str(caught.value)
    assert "semicolon" not in str(caught.value)


def test_two_agents_cannot_share_a_number(tmp_path: Path) -> None:
    provide_credentials(tmp_path)
    file = tmp_path / "accounts.json"
    file.write_text(file.read_text("utf-8").replace('"agent": "1002"', '"agent": "1001"'), "utf-8")
    with pytest.raises(AccountsError, match="agent 1001 stands there more than once"):
        load_credentials(tmp_path)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    provide_credentials(tmp_path)
    (tmp_path / "ami.json").write_text("{")
    with pytest.raises(AccountsError, match=r"ami\.json: file: Invalid JSON"):
        load_credentials(tmp_path)


def test_a_phone_that_is_added_has_an_account_of_its_own_and_changes_no_other(tmp_path: Path) -> None:
    before = provide_credentials(tmp_path)
    password = add_phone(tmp_path, phone="1005", agent="1005", name="Zhang San")
    after = load_credentials(tmp_path)
    assert after.agents == before.agents
    assert [(one.phone, one.sip_password) for one in after.added] == [("1005", password)]
    assert [one.phone for one in after.phones] == ["1001", "1002", "1003", "1004", "1005"]
    assert str(password) not in repr(after.added)
    assert (tmp_path / "accounts.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("phone", ["1001", "1005"])
def test_a_phone_that_is_there_gets_no_second_account(tmp_path: Path, phone: str) -> None:
    add_phone(tmp_path, phone="1005", agent="1005", name="Zhang San")
    before = load_credentials(tmp_path)
    assert add_phone(tmp_path, phone=phone, agent="1006", name="Ma Li") is None
    assert load_credentials(tmp_path) == before
