"""The course as a site: `python -m tools.site` writes it into build/site."""
