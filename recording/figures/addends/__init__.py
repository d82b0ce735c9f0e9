"""What adds up to the sums of figures that are not of calls: stretches of the log of states, shifts and who came to
them, costs, people who left. Each list adds up to its sum exactly.
"""
