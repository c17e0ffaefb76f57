"""Text within a call, letter by letter, as it is typed (total conversation: T.140 over RTP, RFC 4103)."""
