"""The local page of a vault: search, a note with what is related to it, a map. It binds loopback and writes nothing."""
