"""What goes wrong in the real world, done on purpose: each a script; a short form runs here, a long one in `make soak`."""
