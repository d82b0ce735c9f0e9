"""A secret shows itself to nothing but the one who must send it on."""

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback

import pytest
from pydantic import TypeAdapter

from ivr.flow.expressions import parse
from ivr.flow.secrets import MASK, Secret, revealed
from ivr.flow.templates import parse_template

pytestmark = pytest.mark.unit

DIGITS = "739184"
PIN = Secret(DIGITS)


@dataclasses.dataclass(frozen=True)
class Holder:
    pin: Secret


def test_a_secret_prints_as_a_mask_wherever_it_stands() -> None:
    shown = [
        str(PIN),
        repr(PIN),
        f"{PIN} {PIN!r} {PIN:>10}",
        "{} {!r}".format(*2 * [PIN]),
        str({"pin": PIN}),
        repr(Holder(PIN)),
        str(dataclasses.asdict(Holder(PIN))),
        pprint.pformat([PIN]),
        logging.LogRecord("name", logging.INFO, "file", 1, "pin %s", (PIN,), None).getMessage(),
        json.dumps({"pin": PIN}, default=repr, ensure_ascii=False),
        "".join(traceback.format_exception(ValueError(PIN))),
    ]
    assert [text for text in shown if DIGITS in text or MASK not in text] == []


def test_a_secret_cannot_be_written_down() -> None:
    with pytest.raises(TypeError):
        json.dumps(PIN)
    with pytest.raises(TypeError, match="cannot be written down"):
        pickle.dumps(PIN)
    with pytest.raises(Exception, match="Secret"):
        TypeAdapter(Secret)


def test_a_copy_of_a_secret_is_the_secret() -> None:
    assert copy.copy(PIN) is PIN
    assert copy.deepcopy(PIN) is PIN


def test_secrets_can_be_compared_with_one_another_and_with_nothing_else() -> None:
    assert Secret(DIGITS) == PIN
    assert Secret("739185") != PIN
    assert PIN != DIGITS
    assert hash(PIN) == hash(Secret("1"))


def test_only_who_sends_it_on_reveals_it() -> None:
    assert PIN.reveal() == DIGITS
    assert revealed({"name": "Li"}, {"pin": PIN}) == {"name": "Li", "pin": DIGITS}


def test_were_a_secret_among_the_data_no_expression_and_no_text_would_see_it() -> None:
    data = {"pin": PIN}
    assert parse("pin").value(data) is None  # type: ignore[arg-type]
    assert parse("length(pin) = 6 or digits(pin) = '739184' or pin = '739184'").value(data) is False  # type: ignore[arg-type]
    assert parse_template("PIN {pin}, {pin|digits}.").text(data) == "PIN , ."  # type: ignore[arg-type]
    assert parse_template("{pin}").value(data) is None  # type: ignore[arg-type]
