"""Compare two declared tables: pure functions, no network, no clock, no settings."""
