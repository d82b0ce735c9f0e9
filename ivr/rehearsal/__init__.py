"""Rehearsal: what would become of a call, told before anybody calls. The walker of real calls is the one that walks."""
