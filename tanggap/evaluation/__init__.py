"""Step 8: CEPAT – TEPAT – TUNTAS in figures."""
