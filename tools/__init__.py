"""What `make` calls to look after the course; no notebook imports it."""
