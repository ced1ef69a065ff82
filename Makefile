.DEFAULT_GOAL := help

READY := .venv/.ready

# The first of these commands that is a Python the course is tested with.
PYTHON ?= $(firstword $(foreach command,\
	python3 python3.13 python3.12 python3.11,\
	$(shell $(command) -c 'import sys; \
	print("$(command)" * ((3, 11) <= sys.version_info < (3, 14)))' \
	2> /dev/null)))

# Empty when .venv is missing, half made, or has lost its Python.
SOUND := $(shell .venv/bin/python -m pip --version 2> /dev/null)

.PHONY: help new-venv lab test format badges timings data assignments grade

help:  ## list the targets
	@awk -F ':.*##  *' '/^[a-z]+:.*## / \
		{ printf "make %-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Without --allow-root a container, where all run as root, opens nothing.
lab: $(READY)  ## open the course in JupyterLab
	.venv/bin/python -m jupyterlab --allow-root \
		--LabApp.default_url=/lab/tree/notebooks

test: $(READY)  ## run every notebook and all tests
	.venv/bin/python -m pytest

format: $(READY)  ## put code and notebooks into normal form
	.venv/bin/python -m ruff check --fix-only
	.venv/bin/python -m ruff format
	.venv/bin/python -m tools.notebooks format
	.venv/bin/python -m ruff check

badges: $(READY)  ## point badges and set-up cells to REPO=owner/name [TAG=v1.1]
	.venv/bin/python -m tools.notebooks badges "$(REPO)" $(TAG)

timings: $(READY)  ## measure each notebook alone, write README.md's table
	.venv/bin/python -m tools.notebooks timings

data: $(READY)  ## fetch the data sets for work without a network
	.venv/bin/python -m utils.data

$(READY): requirements.txt pyproject.toml $(if $(SOUND),,new-venv)
	.venv/bin/python -m pip install -r requirements.txt -e .
	touch $@

assignments: $(READY)  ## make the students' notebooks from the solutions
	.venv/bin/python -m tools.assignments

grade: $(READY)  ## grade a class: SUBMITTED=folder [JOBS=2] [OPTIONS=...]
	.venv/bin/python -m tools.grading "$(SUBMITTED)" \
		--jobs $(or $(JOBS),2) $(OPTIONS)

new-venv:
	$(if $(PYTHON),,$(error the course needs Python 3.11, 3.12 or 3.13: \
		install one, or name it with make PYTHON=/path/to/python))
	$(PYTHON) -m venv --clear .venv
