"""The notebooks: as files, their rules, badges and timings."""
