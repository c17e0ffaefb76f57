"""Step 2: where is it. The words said, candidates for them, and the point chosen."""
