"""Writes one AGI command as the line Asterisk's parser takes apart again into the same words.

It knows quoting and lengths, not what the commands mean. Rules: `parse_args` and `run_agi` of Asterisk's `res_agi.c`.
"""

from ivr.agi.errors import AgiArgumentRefused

LINE_BYTES = 2047
"""The rest of a longer line would be a command of its own: Asterisk's buffer holds 2,048 bytes with the closing NUL
(8,192 in 22.10)."""

WORDS = 127
"""Asterisk has room for so many words; it does not look when a quoted one is too many."""

_FORBIDDEN = {"\n": "a line feed", "\r": "a carriage return", "\0": "a NUL"}


def encode_command(verb: str, *arguments: str | int) -> bytes:
    """The line for `verb` (our own constant, such as "STREAM FILE") and its arguments, one word each for Asterisk.

    Quotes, backslashes, spaces and empty strings arrive as they are. What an application makes of its options is
    another matter: in `EXEC` the comma separates, quotes, brackets and backslashes group; text of a caller has no
    place there.

    Raises AgiArgumentRefused for a line break or NUL, and for a line longer than Asterisk reads.
    """
    line = " ".join([verb, *(_quote(verb, str(argument)) for argument in arguments)]).encode(errors="surrogateescape")
    if len(line) + 1 > LINE_BYTES:
        raise AgiArgumentRefused(f"{verb} takes {len(line) + 1} bytes; expected {LINE_BYTES} at most")
    if len(verb.split()) + len(arguments) > WORDS:
        raise AgiArgumentRefused(f"{verb} has {len(arguments)} arguments; expected {WORDS} words at most")
    return line + b"\n"


def _quote(verb: str, argument: str) -> str:
    for character, name in _FORBIDDEN.items():
        if character in argument:
            raise AgiArgumentRefused(f"an argument of {verb} holds {name}; expected one line of text")
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'
