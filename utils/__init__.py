"""What several notebooks of the course share: data, plots, checks, set-up."""
