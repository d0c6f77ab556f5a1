"""The jobs that time asks for: which there are, when they are due, and the rows that say what came of them."""
