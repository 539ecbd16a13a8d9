"""What people make of it: who examines what, what they conclude and what that adds up to, and subjects reshaped."""
