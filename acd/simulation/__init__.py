"""A floor in virtual time: people's behaviour, made up or recorded, played to the real router, and what came of it."""
