"""How calls are judged: score sheets, sampling, evaluations and their way to the agent, calibration, the bulletin."""
