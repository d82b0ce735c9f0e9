"""Reports as mails, sent to an SMTP server that is not ours."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from cti.mail import MailFailed, message_of, send
from cti.mail_settings import MailSettings, Tls
from recording.reports.document import Language
from tests.contract.mail_server import USER, mail_server, password_file
from tests.sample_report import sample_report

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)
FILE = ("day-2026-11-20.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04")


def mail_to(recipient: str, language: Language = Language.MANDARIN) -> EmailMessage:
    return message_of(sample_report(language), recipient, "reports@example.org", [FILE], "daily\n2026-11-20", NOW)


def settings(port: int, **more: object) -> MailSettings:
    given = {"host": "localhost", "port": port, "from": "reports@example.org", "tls": "none", "timeout_s": 20}
    return MailSettings.model_validate(given | more)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_mail_arrives_with_text_tables_and_the_file_secret_and_after_a_login(tmp_path: Path, tls: str) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with mail_server(authority, login=True, implicit=tls == "implicit") as server:
        secret = settings(server.port, tls=tls, ca=tmp_path / "ca.pem", user=USER, password=password_file(tmp_path))
        await send(secret, mail_to("anna@example.org"))
        (mail,) = server.mails
    assert server.recipients == ["anna@example.org"]
    assert mail["Subject"] == "示范中心: 日报：服务中心 <i>，2026-11-20"
    assert (mail["From"], mail["To"]) == ("reports@example.org", "anna@example.org")
    assert mail["Auto-Submitted"] == "auto-generated"
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "平均处理时长" in text.get_content()
    assert "平均处理时长" in page.get_content()
    assert "<svg" not in page.get_content()  # programs that show mails do not draw them
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type(), attached.get_content()) == FILE


def test_a_mail_is_known_by_its_id_however_often_it_is_made() -> None:
    ids = {mail_to("anna@example.org", language)["Message-ID"] for language in Language}
    assert len(ids) == 1
    assert ids != {mail_to("li@example.org")["Message-ID"]}


async def test_every_refusal_has_its_name_and_says_whether_to_try_again(tmp_path: Path) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    stranger.cert_pem.write_to_path(str(tmp_path / "other.pem"))
    async with (
        mail_server(authority, login=True) as secret,
        mail_server(authority, implicit=True) as implicit,
        mail_server() as plain,
    ):
        plain.refuses.add("gone@example.org")
        plain.later.add("full@example.org")
        wrong = password_file(tmp_path, "wrong")
        of_secret = {"tls": "starttls", "user": USER, "password": wrong}
        for how, recipient, error_id, final in (
            (settings(plain.port), "gone@example.org", "mail-recipient-refused", True),
            (settings(plain.port), "full@example.org", "mail-recipient-refused", False),
            (settings(plain.port, tls="starttls"), "li@example.org", "mail-not-secret", False),
            (settings(secret.port, ca=tmp_path / "other.pem", **of_secret), "li@example.org", "mail-not-secret", False),
            (settings(secret.port, ca=tmp_path / "ca.pem", **of_secret), "li@example.org", "mail-login-refused", False),
            (
                settings(implicit.port, tls="implicit"),
                "li@example.org",
                "mail-not-secret",
                False,
            ),  # signed by a stranger
            (settings(plain.port, tls="implicit"), "li@example.org", "mail-not-secret", False),
            (settings(implicit.port, timeout_s=1), "li@example.org", "mail-server-away", False),
            (settings(1), "li@example.org", "mail-server-away", False),
            (settings(plain.port, user=USER, password=tmp_path / "none"), "li@x.org", "mail-password-missing", False),
            (MailSettings(), "li@example.org", "mail-not-set", False),
        ):
            with pytest.raises(MailFailed) as failed:
                await send(how, mail_to(recipient))
            assert (failed.value.id, failed.value.final) == (error_id, final)
            assert "@" not in str(failed.value)
        assert plain.mails == secret.mails == implicit.mails == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": "mail.example.org"}, "reports@example.org"),
        ({"host": "mail.example.org", "from": "a@b\nc"}, "reports@example.org"),
        ({"user": "reports"}, "together"),
        ({"password": "secret", "user": "x"}, "absolute"),
        ({"host": "mail.example.org", "from": "a@b.c", "tls": "none", "user": "x", "password": "/x"}, "in clear"),
        ({"tls": "ssl"}, "starttls"),
    ],
)
def test_settings_that_do_not_fit_say_what_was_expected(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MailSettings.model_validate(given)


def test_the_usual_ports_follow_from_the_kind_of_tls_and_settings_come_back_from_their_variable() -> None:
    kept = MailSettings.model_validate({"host": "mail.example.org", "from": "a@b.c", "tls": "implicit"})
    assert [MailSettings(tls=one).reached_at for one in Tls] == [587, 465, 25]
    assert MailSettings.model_validate(MailSettings.parse(str(kept))) == kept
