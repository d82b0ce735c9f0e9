"""How many calls will come, and how many agents they need. From sums of the past alone; nobody's calls wait for it."""
