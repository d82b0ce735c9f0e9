"""Flows as pictures: which text for graphviz's `dot` draws them. What runs `dot` is elsewhere (cti/graphviz.py)."""
