"""The room: the only code that can read an arm. Door 1 is `blind`."""
