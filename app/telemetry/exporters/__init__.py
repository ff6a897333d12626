"""Where telemetry leaves for: one module per vendor, each off without its key or address."""
