"""Sending what is due: urgent first, at each provider's rate, by another provider when one fails."""
