"""What holds for every test: no test fails because the machine was slow."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
