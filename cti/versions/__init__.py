"""The centre's files as immutable numbered versions, kept under `versions/` in the state folder."""
