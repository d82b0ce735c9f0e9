"""Which recordings lie open in the folder of recordings, where any process of the machine may read them. Apart from
the shelves, so that the daemon needs no ciphers.
"""

from pathlib import Path

from recording.keeping.kept import Kept, State


def local_file(folder: Path, one: Kept) -> Path | None:
    """The file of one that waits there for its shelf, or is kept there as it is."""
    here = one.state is State.WAITING or (one.shelf == "folder" and one.wrapped is None)
    file = folder / one.file
    return file if here and file.is_file() else None
