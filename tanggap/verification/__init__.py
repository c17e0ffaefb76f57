"""Step 3: is it real. Disposition and the evidence for it."""
