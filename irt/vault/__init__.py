"""The room: the only code that can read an arm. Others enter by `blind` and `reveal` alone."""
