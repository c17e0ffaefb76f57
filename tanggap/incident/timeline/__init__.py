"""What happened: the append-only record of every report and incident, and the live feed that follows it."""
