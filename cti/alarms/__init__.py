"""What is wrong with the centre now, since when, and what to do about it."""
