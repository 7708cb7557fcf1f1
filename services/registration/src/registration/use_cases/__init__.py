"""Commands of registration, one a module: load, ask the domain, record. None of them commits."""
