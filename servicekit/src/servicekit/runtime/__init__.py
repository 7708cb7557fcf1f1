"""A service as a process: settings, logs, metrics, traces, health, and the way it starts and stops."""
