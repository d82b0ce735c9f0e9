"""What the record of each kept ledger (tests/fixtures/ledgers) must say, as a person would write it."""

from acd.states import CallOutcome

ANSWERED, ABANDONED = CallOutcome.ANSWERED, CallOutcome.ABANDONED

# name: outcome, who ended it, agent, offers (agent, outcome), last visit's reason, reconstructed
EXPECTED = {
    "abandoned_ringing": (ABANDONED, "caller", None, [("1001", "abandoned")], "abandoned", False),
    "abandoned_waiting": (ABANDONED, "caller", None, [], "abandoned", False),
    "agent_to_agent": (ANSWERED, "agent", "1003", [("1003", "answered")], None, False),
    "announced_on_the_other_leg": (ANSWERED, "agent", "1002", [("1002", "answered")], "answered", False),
    "announced_to_who_answered": (ANSWERED, "agent", "1002", [("1002", "answered")], "answered", False),
    "answered_agent_hangs_up": (ANSWERED, "agent", "1001", [("1001", "answered")], "answered", False),
    "answered_caller_hangs_up": (ANSWERED, "caller", "1001", [("1001", "answered")], "answered", False),
    "answered_with_hold": (ANSWERED, "agent", "1001", [("1001", "answered")], "answered", False),
    "asked_and_joined_ringing": (ABANDONED, "caller", None, [("1002", "withdrawn")], None, False),
    "asked_into_conference": (ANSWERED, "agent", "1003", [("1003", "answered")], None, False),
    "asked_and_transferred": (ANSWERED, "caller", "1003", [("1003", "answered")], "answered", False),
    "daemon_killed_and_back": (
        ANSWERED, "agent", "1002", [("1001", "withdrawn"), ("1002", "answered")], "answered", True,
    ),
    "daemon_killed_asking": (ANSWERED, "agent", "1002", [("1002", "answered")], "answered", True),
    "conference": (ANSWERED, "agent", "1002", [("1002", "answered")], "answered", False),
    "daemon_killed_in_conference": (ANSWERED, "caller", "1002", [("1002", "answered")], "answered", True),
    "daemon_killed_in_conference_and_sent_on": (
        ANSWERED, "caller", "1002", [("1002", "answered")], "abandoned", False,
    ),
    "daemon_killed_holding": (
        ANSWERED, "caller", "1002",
        [("1002", "answered"), ("1002", "missed"), ("1001", "withdrawn"),
         *((agent, "answered") for agent in ("1004", "1001", "1003"))],
        "answered", True,
    ),
    "daemon_killed_held_again": (
        ANSWERED, "caller", "1004",
        [("1004", "answered"), ("1002", "answered"), ("1002", "answered")], "answered", True,
    ),
    "daemon_killed_in_menu": (CallOutcome.SERVED_BY_IVR, "caller", None, [], "withdrawn", True),
    "daemon_killed_parked": (
        ANSWERED, "agent", "1002", [("1002", "answered"), ("1002", "withdrawn"), ("1003", "answered")], "withdrawn",
        True,
    ),
    "daemon_killed_talking": (ANSWERED, "agent", "1001", [("1001", "answered")], "answered", True),
    "daemon_killed_waiting": (ANSWERED, "agent", "1001", [("1001", "answered")], "answered", True),
    "fallback_abandoned": (ABANDONED, "caller", None, [("1002", "abandoned")], "abandoned", True),
    "fallback_answered": (ANSWERED, "agent", "1001", [("1001", "answered")], "answered", True),
    "fallback_caller_hangs_up": (ANSWERED, "caller", "1002", [("1002", "answered")], "answered", True),
    "fallback_missed_then_abandoned": (
        ABANDONED, "caller", None, [("1002", "missed"), ("1001", "abandoned")], "abandoned", True,
    ),
    "fallback_timed_out": (
        CallOutcome.TIMED_OUT, "system", None,
        [(agent, "missed") for agent in ("1002", "1001", "1002", "1001", "1002")], "timed_out", True,
    ),
    "joined_before_the_answer": (
        ANSWERED, "caller", "1002", [(agent, "answered") for agent in ("1002", "1003", "1002")], "answered", False,
    ),
    "missed_then_answered": (
        ANSWERED, "agent", "1002", [("1001", "missed"), ("1002", "answered")], "answered", False,
    ),
    "message_left": (CallOutcome.VOICEMAIL, "system", None, [], None, False),
    "outside_confirmed": (ANSWERED, "caller", "1001", [("1001", "answered")], "answered", False),
    "outside_fallback": (
        ANSWERED, "agent", "1002", [("1002", "missed"), ("1002", "answered")], "answered", True,
    ),
    "outside_not_confirmed_then_answered": (
        ANSWERED, "agent", "1001",
        [("1002", "missed"), ("1002", "missed"), ("1002", "refused"), ("1002", "refused"), ("1001", "answered")],
        "answered", False,
    ),
    "overflowed_announcement": (CallOutcome.OVERFLOWED, "system", None, [], "overflowed", False),
    "overflowed_number": (ANSWERED, "system", None, [], "overflowed", False),
    "overflowed_voicemail": (CallOutcome.VOICEMAIL, "system", None, [], "overflowed", False),
    "parked_and_fetched": (
        ANSWERED, "agent", "1002", [("1002", "answered"), ("1003", "answered")], "answered", False,
    ),
    "parked_and_returned": (
        ANSWERED, "caller", "1002", [("1002", "answered"), ("1002", "answered")], "abandoned", False,
    ),
    "parked_from_a_flow": (ANSWERED, "agent", "1001", [("1001", "answered"), ("1003", "answered")], None, False),
    "parked_nowhere": (ANSWERED, "agent", "1002", [("1002", "answered"), ("1002", "answered")], "answered", False),
    "parked_fetched_and_sent_on": (
        ANSWERED, "caller", "1004", [("1004", "answered"), ("1002", "answered")], "abandoned", False,
    ),
    "paused_with_audio_lost": (ANSWERED, "agent", "1002", [("1002", "answered")], "answered", True),
    "picked_up": (ANSWERED, "agent", "1003", [("1002", "withdrawn"), ("1003", "answered")], "answered", False),
    "refused_call_limit": (CallOutcome.BLOCKED, "system", None, [], None, False),
    "picked_up_by_code": (ANSWERED, "caller", "1003", [("1002", "withdrawn"), ("1003", "answered")], "answered", False),
    "refused_then_answered": (
        ANSWERED, "agent", "1002", [("1001", "refused"), ("1002", "answered")], "answered", False,
    ),
    "refused_unknown_number": (CallOutcome.BLOCKED, "system", None, [], None, False),
    "served_by_ivr": (CallOutcome.SERVED_BY_IVR, "system", None, [], None, False),
    "several_queues": (
        ANSWERED, "caller", "1003", [("1002", "missed"), ("1003", "answered")], "answered", False,
    ),
    "surveyed": (ANSWERED, "agent", "1001", [("1001", "answered")], "answered", False),
    "transferred_to_queue": (
        ANSWERED, "agent", "1002", [("1002", "answered"), ("1003", "answered")], "answered", False,
    ),
}  # fmt: skip
