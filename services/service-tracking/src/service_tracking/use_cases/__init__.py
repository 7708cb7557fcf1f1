"""What can be done, one command a module. Each is given a unit of work and never commits it."""
