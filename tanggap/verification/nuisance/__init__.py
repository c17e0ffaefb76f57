"""Who calls for nothing again and again, and what people do about it. Nobody is blocked."""
