"""Where recordings are kept: shelves, sealing, retention, holds, erasing with proof, listening and searching. How audio
comes to be is decided elsewhere (recording/keeper.py).
"""
