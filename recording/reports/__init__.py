"""Reports: what is in each, as a value that says everything it shows, and its forms for people and programs.

The figures themselves are computed by recording.figures. Nothing here is imported by the daemon: a report is made by a
command, or by a process of its own (cti/reporting.py).
"""
