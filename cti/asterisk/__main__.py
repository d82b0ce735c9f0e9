"""Prepares the state folder for an Asterisk that somebody else runs, such as a container: `python -m cti.asterisk`."""

from cti.accounts import provide_credentials
from cti.asterisk.configuration import render
from cti.asterisk.installation import Installation
from cti.preparation import plan_of
from cti.settings import load_settings
from cti.versions.start import start
from ivr.music import provide_music


def main() -> None:
    """Raises what settings, centre and files raise."""
    settings = load_settings()
    centre = start(settings).centre
    credentials = provide_credentials(settings.state)
    provide_music(settings.state / "sounds/music/default")
    render(settings, Installation(("asterisk",), version=""), credentials, plan_of(centre))


if __name__ == "__main__":
    main()
