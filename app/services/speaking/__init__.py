"""What enterprises say: ratings and reports, apart from who said it, and the one figure that units learn of it."""
