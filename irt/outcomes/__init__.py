"""What became of the disease: core set measures, and the responses computed from them, exactly."""
