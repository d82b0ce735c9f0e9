"""Recordings made small, and read again: in processes of their own, so that neither numpy nor an encoder's time is ever
felt by a call.
"""
