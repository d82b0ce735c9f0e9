"""What to do about each alarm, by its id; docs/alarms.md is made of the same words (a test holds them together)."""

from collections.abc import Mapping

PARTS: Mapping[str, str] = {
    "asterisk": "asterisk-unknown",
    "ami": "ami-away",
    "ledger": "ledger-waits",
    "journal": "journal-write-failed",
    "balance": "queue-balance-breached",
    "recordings": "recordings-wait",
    "recording": "talk-not-recorded",
    "database": "database-away",
    "redis": "redis-away",
}
"""The alarm that stands while a part of the service is not well, where the part itself does not name another."""

OTHER = "part-not-well"

ADVICE: Mapping[str, str] = {
    "asterisk-unknown": "Calls go by Asterisk's own queue meanwhile. See whether Asterisk runs (asterisk/log/messages"
    " in the state folder), and whether the alarm ami-away stands too.",
    "ami-away": "The daemon connects again by itself. See whether Asterisk runs and listens on the AMI port.",
    "ledger-waits": "Nothing is lost: the lines wait in the files. See whether database-away stands, else the log of"
    " the recorder (recorder-ended).",
    "ledger-silent": "Make room on the disk on which Asterisk writes (asterisk/log in the state folder). Calls go on;"
    " all have records, those that began and ended meanwhile by the word of the journal alone.",
    "journal-write-failed": "Make room on the disk of the state folder. Calls go on; what was not written is told by"
    " Asterisk's ledger alone (reconstructed).",
    "queue-balance-breached": "Calls came into these queues of which no record tells how they left. Their linkedids are"
    " in the log (queue-balance-breached); run `callcenter reconcile` for the day.",
    "recordings-wait": "See whether the store of recordings answers (settings under recordings). They wait in the state"
    " folder and are taken by themselves; `callcenter recordings` names those that are missing.",
    "recordings-disk-low": "Make room on the disk of the state folder, or let recordings go to a store.",
    "recordings-disk-full": "Make room on the disk of the state folder at once: what is said now may not be recorded.",
    "talk-not-recorded": "Each record names the talk that is missing and why (`missing`). See the log for"
    " recording-not-kept and recordings-disk-full, and the phones that send no audio.",
    "database-away": "Calls go on, and are written down when it is back. See whether the data base runs, lets us in and"
    " has room.",
    "database-tables-missing": "The data base answers, but is not the one that was written to: emptied, replaced, or of"
    " another version. Put the right one back, or start the service anew, which makes the tables. Calls go on; nothing"
    " is lost, the lines wait in the files.",
    "redis-away": "Whoever follows the stream misses facts meanwhile; the journal has them. See whether Redis runs.",
    "agent-not-ready-too-long": "Ask the agent; a supervisor may set him ready or sign him out.",
    "reason-unknown": "The agent is not ready for a reason that the centre's files do not have any more: let him choose"
    " another.",
    "queue-count-wrong": "The router has lost count of a call: a fault of ours. Keep the journal and tell us.",
    "reservation-violated": "An agent was offered two calls at once: a fault of ours. Keep the journal and tell us.",
    "closed-in-an-emergency": "Callers are sent away. `callcenter closure off` opens again when it is over.",
    OTHER: "See the part's own words and the log.",
}
