"""Every channel variable the service uses, named once; `dialplans/extensions.conf` reads the same names.

They live with the call in Asterisk, so a caller's place in the queue outlives the daemon.
"""

DONE = "CALLCENTER_DONE"
""""1" when the flow has run to its end: the dialplan has nothing left to do but hang up."""

QUEUE = "CALLCENTER_QUEUE"
"""The queue the call stands in, empty when it stands in none."""

ENTERED = "CALLCENTER_ENTERED"
"""First entry into that queue, milliseconds since the epoch."""

DUE = "CALLCENTER_DUE"
"""Its place in the order of calls (`acd.queues.Order.due_ms`), milliseconds since the epoch: less is sooner."""

POSITION = "CALLCENTER_POSITION"
"""Where the caller stands in the flows (ivr/flow/position.py), in parts: a second has _2 behind its name, and so on."""

PARKED = "CALLCENTER_PARKED"
"""Where the caller is parked, by which agent and since when (ivr/parking.py), empty while he is not."""

BRIDGED = "BRIDGERESULT"
"""Asterisk's own: "SUCCESS" once the caller has talked on a line that an agent had opened to take him."""

LANGUAGE = "CALLCENTER_LANGUAGE"
"""The language the caller chose."""

PAUSED = "CALLCENTER_PAUSED"
""""1" while the recording of the call is paused, or may be."""

TRANSFER = "CALLCENTER_TRANSFER"
"""Where an agent has sent the caller: an extension, or the API's word (ivr/destinations.py). Empty once it is done."""

SENDER = "CALLCENTER_SENDER"
"""The agent who did, by his number or by his phone's channel. Empty once the transfer is done."""

CONSULT = "CALLCENTER_CONSULT"
"""The linkedid of an agent's own call in which he asks for somebody. On a caller's channel: he was joined to that call
before anybody had answered. Empty once the transfer is done."""

JOIN = "CALLCENTER_JOIN"
"""On the channel of a colleague who is put beside an agent and his caller: the agent's channel, to which he comes."""

JOINED = "CALLCENTER_JOINED"
"""On the caller's channel: that colleague's channel."""

MESSAGE = "CALLCENTER_MESSAGE"
"""The message that the caller speaks just now (ivr/messages.py), empty otherwise."""

THANKS = "CALLCENTER_THANKS"
"""The sound by which he is thanked for it where the daemon is away."""

EXTENSION = "CALLCENTER_EXTENSION"
"""What the agent who asks has dialled; goes with CONSULT."""
