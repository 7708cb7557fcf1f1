"""Events between services: stored with the change, published with confirms, applied once, never lost.

What is promised (each promise is a named test in tests/contracts):

G1  A state change and its events commit together or not at all.
G2  Every stored event is confirmed by the broker and routed at least once.
G3  A consumer's effects happen once.
G4  A consumer never goes back to an older version of a fact.
G5  A poison event blocks nobody and is never dropped.
G6  SIGTERM stops intake, finishes what is in flight, and leaves the rest to others.
"""
