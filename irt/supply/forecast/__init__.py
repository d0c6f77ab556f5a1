"""What a supply policy leads to: many trials by chance, each with its people, boxes, lots and expiry. Pure NumPy."""
