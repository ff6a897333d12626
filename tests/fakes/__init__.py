"""Stand-ins for what lies outside: real servers on loopback, with the faults of the real ones."""
