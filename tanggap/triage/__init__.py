"""Step 4: what is it. Category, priority, questions, and whether we know it already."""
