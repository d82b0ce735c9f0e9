"""Addresses that flows ask: what is on the list of the machine's owner, and that no value of a call changes whom it
reaches."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.expressions import Value
from ivr.flow.templates import parse_template
from ivr.look_ups.addresses import AddressError, Allowed, fill, parse_address, require_allowed
from ivr.look_ups.failures import Failure, LookUpFailed

pytestmark = pytest.mark.unit

ALLOWED = Allowed.parse(["https://crm.example/api/v1", "http://127.0.0.1:8090/", "http://[::1]:8091/a/"])


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("https://crm.example/api/v1", True),
        ("https://CRM.example:443/api/v1/customers?x=1", True),
        ("https://crm.example/api/v1?x", True),
        ("https://crm.example/api/v11", False),
        ("https://crm.example/api", False),
        ("https://crm.example:8443/api/v1", False),
        ("http://crm.example/api/v1", False),
        ("https://crm.example.evil.example/api/v1", False),
        ("http://127.0.0.1:8090", True),
        ("http://127.0.0.1:8090/anything", True),
        ("http://127.0.0.1:80901/", None),
        ("http://[::1]:8091/a/b", True),
        ("http://[::1]:8091/a", False),
        ("ftp://crm.example/api/v1", None),
        ("https://user:pass@crm.example/api/v1", None),
        ("https://crm.example/api/v1/../../admin", None),
        ("https://crm.example/api/v1/%2e%2E/admin", None),
        ("https://crm.example/api/v1/..%2fadmin", None),
        ("https://crm.example/api/v1/..%5cadmin", None),
        ("https://crm.example/api/v1\\admin", None),
        ("https://crm.example/api/v1/#part", None),
        ("https://crm.example/api/v1/a b", None),
        ("https://crm.example/api/v1/%zz", None),
        ("https://crm.example/api/v1/\n", None),
        ("https://.example/", None),
        ("https://", None),
        ("crm.example", None),
        ("", None),
    ],
)
def test_only_what_begins_like_an_allowed_address_may_be_asked(text: str, allowed: bool | None) -> None:
    """None: it is no address at all."""
    if allowed is None:
        with pytest.raises(AddressError) as caught:
            parse_address(text)
        assert caught.value.expected
    else:
        assert ALLOWED.allows(parse_address(text)) is allowed


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("https://crm.example/api/v1/customers/{caller.number}", ""),
        ("https://crm.example/api/v1?number={caller.number}", ""),
        ("https://crm.example/api/v1", ""),
        ("http://127.0.0.1:8090/{x}/orders?state={y}", ""),
        ("https://{host}/api/v1", "a value stands in the host"),
        ("https://crm.example{x}/api/v1", "a value stands in the host"),
        ("https://crm.example:{port}/api/v1", "a value stands in the host"),
        ("{url}", "a value stands where the host should"),
        ("{scheme}://crm.example/api/v1", "a value stands where the host should"),
        ("https://crm.example/{x}", "this address is not allowed here"),
        ("https://crm.example/api/{x}", "this address is not allowed here"),
        ("https://crm.example/api/v1{x}", "this address is not allowed here"),
        ("https://other.example/api/v1", "this address is not allowed here"),
        ("https://crm.example/api/v1/../{x}", "climbs in the path"),
        ("https://crm.example/api/v1/ä/{x}", "characters that cannot stand there"),
    ],
)
def test_what_no_value_can_make_right_is_told_before_any_call(text: str, wrong: str) -> None:
    if not wrong:
        require_allowed(parse_template(text), ALLOWED)
        return
    with pytest.raises(AddressError) as caught:
        require_allowed(parse_template(text), ALLOWED)
    assert wrong in caught.value.wrong


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("http://h/c/{x}", "13800138000", "http://h/c/13800138000"),
        ("http://h/c/{x}", 7, "http://h/c/7"),
        ("http://h/c/{x}.json", "a b/c?d=e&f#g", "http://h/c/a%20b%2Fc%3Fd%3De%26f%23g.json"),
        ("http://h/c?n={x}&m=1", "王 & ?", "http://h/c?n=%E7%8E%8B%20%26%20%3F&m=1"),
        ("http://h/c?n={x}", None, "http://h/c?n="),
        ("http://h/c?n={x}", "../..", "http://h/c?n=..%2F.."),
        ("http://h/c/{x}", None, None),
        ("http://h/c/{x}", "", None),
        ("http://h/c/{x}", "..", None),
        ("http://h/c/.{x}", ".", None),
        ("http://h/c/{x}", "../admin", None),
        ("http://h/c/{x}", "a/../../admin", None),
        ("http://h/c/{x}", "..\\admin", None),
        ("http://h/c/{x}", "a\nb", None),
        ("http://h/c/{x}", "a\0", None),
        ("http://h/c/{x}", "王" * 1_000, None),
    ],
)
def test_values_are_put_in_as_one_segment_or_one_value(text: str, value: Value, filled: str | None) -> None:
    """None: they cannot be."""
    if filled is not None:
        assert fill(parse_template(text), {"x": value}) == filled
        return
    with pytest.raises(LookUpFailed) as caught:
        fill(parse_template(text), {"x": value})
    assert caught.value.failure is Failure.ADDRESS_UNFIT


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_value_changes_the_host_the_path_or_the_number_of_its_segments(one: str, other: str) -> None:
    template = parse_template("http://h:81/a/{x}/b?q={y}&z=1")
    try:
        address = parse_address(fill(template, {"x": one, "y": other}))
    except LookUpFailed:
        return
    assert address.origin == ("http", "h", 81)
    _, first, segment, last = address.path.split("/")
    assert (first, unquote(segment, errors="strict"), last) == ("a", one, "b")
    assert address.query.count("&") == 1
    assert address.query.endswith("&z=1")
