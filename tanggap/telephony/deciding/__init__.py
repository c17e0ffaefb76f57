"""The decider: one process that says whose phone rings, and has written down what happened."""
