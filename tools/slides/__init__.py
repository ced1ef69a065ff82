"""Lectures as slides: `python -m tools.slides` makes them."""
