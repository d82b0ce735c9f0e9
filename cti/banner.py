"""What `callcenter run` tells the person at the terminal once calls are taken."""

from collections.abc import Iterable

from cti.accounts import Account, Credentials
from cti.centre import Centre
from cti.settings import Settings


def banner(settings: Settings, credentials: Credentials, centre: Centre) -> str:
    """Where things are and what to do next. It shows secrets: for a terminal, never for a log."""
    numbers = (f"{dialled} ({number.flow})" for dialled, number in centre.numbers.items())
    return f"""
{centre.name} takes calls.

  Web page      http://{settings.local}:{settings.http_port}/#{credentials.token}
  Access token  {credentials.token}
  Numbers       {", ".join(numbers)}
  SIP server    {settings.local}:{settings.sip_port}, UDP or TCP

{_table(credentials.agents)}

What next:
  make call              in a second terminal: a simulated caller dials 4000, a simulated agent answers
  a phone of your own    give it a SIP user and password from above, then dial *11 to sign in, and 4000 to call
  callcenter calls       what became of the calls (.venv/bin/callcenter)
  Ctrl-C                 stops everything here

State, recordings and logs: {settings.state}
"""


def _table(agents: Iterable[Account]) -> str:
    rows = [("SIP user", "SIP password", "Agent", "PIN", "Name", "Skills")]
    for account in agents:
        skills = ", ".join(f"{skill} {level}" for skill, level in account.skills.items())
        rows.append((account.phone, account.sip_password, account.agent, account.pin, account.name, skills))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
