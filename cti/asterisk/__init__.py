"""A private Asterisk: which program it is, its rendered configuration, its process."""
