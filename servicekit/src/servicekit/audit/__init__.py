"""The audit trail: who changed what, when, from what to what; written with the change, then linked in a hash chain."""
