"""The coordinator's page: CEPAT – TEPAT – TUNTAS, and the same as CSV."""
