"""What a process tells about itself: logs, traces, and complaints without the values they are about."""
