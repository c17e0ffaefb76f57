"""What every room stands on: PostgreSQL, migrations, jobs, leases, settings, secrets, language, telemetry."""
