"""A phrase, word by word, cut into the longest pieces that are made beforehand: the fewer joints, the more natural it
sounds. What the words are is decided by each language's module.
"""

from collections.abc import Collection, Sequence

_LONGEST = 12
"""Words in the longest piece of any vocabulary; more are not looked for."""


def cut(words: Sequence[str], known: Collection[str], between: str) -> tuple[str, ...]:
    """The phrase as pieces, each among `known`, the longest first. `between` stands between two words of a piece.

    Every word that is not part of a longer piece has to be known by itself: KeyError, a fault of the vocabulary.
    """
    pieces: list[str] = []
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _LONGEST), at, -1):
            piece = between.join(words[at:end])
            if piece in known:
                pieces.append(piece)
                at = end
                break
        else:
            raise KeyError(words[at])
    return tuple(pieces)
