"""The demonstration: the invented district 云汀区, built through the services with a fixed seed up to now."""
