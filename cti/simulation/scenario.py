"""The script SIPp runs as a telephone, one state machine: it registers, rings, answers, dials, talks, holds, transfers,
hangs up.

SIPp finds a call by its Call-ID alone. So a datagram with the Call-ID of a call and a method of our own (`Command`)
moves that call on, and one with a new Call-ID begins a registration or an outgoing call. This module decides what the
telephone may do in each state; it does not decide when a command is given.
"""

from enum import StrEnum

from cti.simulation import messages
from cti.simulation.steps import assign, do, label, look_up, receive, receive_answer, say, take, take_user


class Command(StrEnum):
    """The methods of our own that the script obeys."""

    HELLO = "X-HELLO"
    REGISTER = "X-REGISTER"
    DIAL = "X-DIAL"
    ANSWER = "X-ANSWER"
    REFUSE = "X-REFUSE"
    REFUSE_BUSY = "X-REFUSE-BUSY"
    HANG_UP = "X-HANG-UP"
    HOLD = "X-HOLD"
    RETRIEVE = "X-RETRIEVE"
    PRESS = "X-PRESS"
    TRANSFER = "X-TRANSFER"


REFUSALS = (
    *(400, 403, 404, 405, 407, 408, 410, 415, 420, 480, 481, 482, 484, 486, 487, 488),
    *(500, 501, 502, 503, 504, 600, 603, 604, 606),
)
"""SIPp knows no "any other answer", so each final one a server may give is named."""


def scenario(*, ring_ms: int | None = None, talk_ms: int | None = None) -> str:
    """The script as XML.

    The telephone answers by itself after `ring_ms` and hangs up by itself after `talk_ms`; None: only on command. A
    hold starts the time of the conversation anew.
    """
    states = (*_idle(), *_registering(), *_ringing(ring_ms), *_dialling(), *_talking(talk_ms), *_ending())
    return '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="phone">\n' + "\n".join(states) + "\n</scenario>\n"


def _idle() -> tuple[str, ...]:
    account = look_up("account", file=messages.ACCOUNTS, key="[$user]")
    register = take({"user": "X-User:", "expires": "X-Expires:"}) + account
    dial = (
        take({"user": "X-User:", "dialled": "X-Dialled:", "local": "X-From:", "media_port": "X-Media-Port:"}) + account
    )
    invite = (
        take({"via": "Via:", "invite": "CSeq:", "remote": "From:", "called": "To:"})
        + take_user("user", "To:")
        + account
        + assign("media_port", messages.account(2))
        + assign("local", f"[$called];{messages.TAG}")
    )
    return (
        receive(Command.HELLO, to="over"),
        receive(Command.REGISTER, to="register", actions=register),
        receive(Command.DIAL, to="dial", actions=dial),
        receive("OPTIONS", to="asked outside"),
        receive("NOTIFY", to="asked outside"),
        receive("INVITE", to="ring", optional=False, actions=invite),
        label("asked outside"),
        say(messages.agree_outside(), to="over"),
    )


def _registering() -> tuple[str, ...]:
    return (
        label("register"),
        say(messages.register(authorised=False), until_answered=True),
        receive_answer(100),
        *(receive_answer(status, to="over") for status in (200, *REFUSALS)),
        receive_answer(401, challenge=True, optional=False),
        say(messages.register(authorised=True), until_answered=True),
        receive_answer(100),
        *(receive_answer(status, to="over") for status in (401, *REFUSALS)),
        receive_answer(200, to="over", optional=False),
    )


def _ringing(ring_ms: int | None) -> tuple[str, ...]:
    def refuse(status: str) -> tuple[str, ...]:
        return say(messages.answer_invite(status), until_answered=True), receive("ACK", to="over", optional=False)

    return (
        label("ring"),
        say(messages.answer_invite("180 Ringing")),
        receive(Command.ANSWER, to="answer", within_ms=ring_ms, late="answer"),
        receive(Command.REFUSE_BUSY, to="refuse busy"),
        receive(Command.REFUSE, to="refuse"),
        receive(Command.HANG_UP, to="refuse"),
        receive("CANCEL", to="cancelled", optional=False),
        label("answer"),
        say(messages.answer_invite("200 OK", messages.session()), until_answered=True),
        label("answered"),
        receive("CANCEL", to="cancelled late"),
        receive("BYE", to="released"),
        receive("ACK", to="talking", optional=False),
        label("cancelled late"),  # our 200 was under way: Asterisk will acknowledge it, then say BYE
        say(messages.agree_to_cancel(), to="answered"),
        label("cancelled"),
        say(messages.agree_to_cancel()),
        *refuse("487 Request Terminated"),
        label("refuse busy"),
        *refuse("486 Busy Here"),
        label("refuse"),
        *refuse("603 Decline"),
    )


def _dialling() -> tuple[str, ...]:
    progress = (
        receive(Command.HANG_UP, to="give up"),
        receive_answer(100),
        receive_answer(180),
        receive_answer(183),
        *(receive_answer(status, to="refused") for status in REFUSALS),
    )
    remote = take({"remote": "To:"})
    return (
        label("dial"),
        do(assign("local", f"[$local];{messages.TAG}")),
        say(messages.invite(authorised=False), until_answered=True),
        *progress,
        receive_answer(200, to="connected", actions=remote),
        receive_answer(401, challenge=True, optional=False),
        say(messages.acknowledge_refusal()),
        say(messages.invite(authorised=True), until_answered=True),
        *progress,
        receive_answer(401, to="refused"),
        receive_answer(200, actions=remote, optional=False),
        label("connected"),
        say(messages.in_dialog("ACK"), to="talking"),
        label("give up"),
        say(messages.cancel()),
        receive_answer(200, actions=remote),
        receive_answer(481, to="crossed"),
        receive_answer(487, optional=False),
        label("refused"),
        say(messages.acknowledge_refusal(), to="over"),
        label("crossed"),  # the call was answered in the moment it was given up
        say(messages.in_dialog("ACK"), to="hang up"),
    )


def _talking(talk_ms: int | None) -> tuple[str, ...]:
    def renegotiate(state: str, direction: str) -> tuple[str, ...]:
        return (
            label(state),
            say(messages.in_dialog("INVITE", messages.session(direction)), until_answered=True),
            receive("BYE", to="released"),
            receive_answer(100),
            receive_answer(200, optional=False),
            say(messages.in_dialog("ACK"), to="talking"),
        )

    return (
        label("talking"),
        receive(Command.HANG_UP, to="hang up", within_ms=talk_ms, late="hang up"),
        receive(Command.HOLD, to="hold"),
        receive(Command.RETRIEVE, to="retrieve"),
        receive(Command.PRESS, to="press", actions=take({"digit": "X-Digit:"})),
        receive(Command.TRANSFER, to="transfer", actions=take({"refer_to": "X-Refer-To:"})),
        receive("NOTIFY", to="told"),
        receive("INVITE", to="asked"),
        receive("UPDATE", to="asked"),
        receive("ACK", to="talking"),
        receive("BYE", to="released", optional=False),
        *renegotiate("hold", "sendonly"),
        *renegotiate("retrieve", "sendrecv"),
        label("press"),
        say(messages.key(), until_answered=True),
        receive("BYE", to="released"),
        receive_answer(200, to="talking", optional=False),
        label("transfer"),
        say(messages.transfer(), until_answered=True),
        receive("BYE", to="released"),
        *(receive_answer(status, to="talking") for status in REFUSALS),
        receive_answer(202, to="talking", optional=False),
        label("told"),
        say(messages.agree(), to="talking"),
        label("asked"),
        say(messages.agree(messages.session()), to="talking"),
    )


def _ending() -> tuple[str, ...]:
    return (
        label("hang up"),
        say(messages.in_dialog("BYE"), until_answered=True),
        receive("BYE", to="released"),
        receive_answer(481, to="over"),
        receive_answer(200, to="over", optional=False),
        label("released"),
        say(messages.agree()),
        label("over"),
        "<nop/>",
        # SIPp refuses a variable that is taken and never used.
        '<Reference variables="user_address"/>',
    )
