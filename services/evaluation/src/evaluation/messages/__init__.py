"""Events: what this service understands of the others' facts."""
