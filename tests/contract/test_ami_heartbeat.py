"""When the AMI client asks Asterisk for a sign of life, and when it gives up, in virtual time."""

import pytest

from cti.ami.heartbeat import Heartbeat, Pulse

pytestmark = pytest.mark.unit


def test_a_peer_that_was_heard_lately_is_not_asked() -> None:
    heartbeat = Heartbeat(5.0, heard_at=100.0)
    assert heartbeat.look(100.0) == (Pulse.ALIVE, 5.0)
    heartbeat.heard(104.0)
    assert heartbeat.look(105.0) == (Pulse.ALIVE, 4.0)


def test_a_peer_that_is_silent_for_one_heartbeat_is_asked_once() -> None:
    heartbeat = Heartbeat(5.0, heard_at=100.0)
    assert heartbeat.look(105.0) == (Pulse.ASK, 5.0)
    assert heartbeat.look(107.0) == (Pulse.ALIVE, 3.0)


def test_a_peer_that_does_not_answer_within_another_heartbeat_is_gone() -> None:
    heartbeat = Heartbeat(5.0, heard_at=100.0)
    heartbeat.look(105.0)
    assert heartbeat.look(110.0)[0] is Pulse.GONE


def test_a_peer_that_answers_is_asked_again_however_late_the_timer_comes() -> None:
    heartbeat = Heartbeat(5.0, heard_at=100.0)
    heartbeat.look(105.0)
    heartbeat.heard(105.001)
    assert heartbeat.look(110.1) == (Pulse.ASK, 5.0)
    heartbeat.heard(110.2)
    assert heartbeat.look(300.0) == (Pulse.ASK, 5.0)


def test_a_peer_is_given_its_time_to_answer_even_if_we_slept_over_the_silence() -> None:
    heartbeat = Heartbeat(5.0, heard_at=100.0)
    assert heartbeat.look(3_600.0) == (Pulse.ASK, 5.0)
    assert heartbeat.look(3_604.0)[0] is Pulse.ALIVE
