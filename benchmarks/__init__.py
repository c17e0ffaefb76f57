"""Speed and memory: every figure a ratio to a reference that was measured in the same run."""
