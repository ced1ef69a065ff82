.DEFAULT_GOAL := help

READY := .venv/.ready

# The first of these commands that is a Python the course is tested with, or
# else any, which then says what the course needs.
PYTHON ?= $(firstword $(foreach command,\
	python3 python3.13 python3.12 python3.11 .venv/bin/python,\
	$(shell $(command) -c 'import sys; \
	print("$(command)" * ((3, 11) <= sys.version_info < (3, 14)))' \
	2> /dev/null)) \
	$(shell python3 -c 'print("python3")' 2> /dev/null))

# Empty when .venv is missing or half made, has lost its Python, or was moved.
SOUND := $(shell .venv/bin/python -P -c 'import pip, utils; print("sound")' \
	2> /dev/null)

.PHONY: help unsound lab test train-08 data

help:  ## list the targets
	@awk -F ':.*##  *' '/^[a-z0-9-]+:.*## / \
		{ printf "make %-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Without --allow-root a container, where all run as root, opens nothing.
# tools/jupyter turns off what only lecturers need, and the news.
lab: $(READY)  ## open the course in JupyterLab
	JUPYTER_CONFIG_PATH="tools/jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
		.venv/bin/python -m jupyterlab --allow-root \
		--LabApp.default_url=/lab/tree/notebooks/live

test: $(READY)  ## run every notebook and all tests
	.venv/bin/python -m pytest

# lecturers:start (`make students` leaves it out, to the end)
.PHONY: format execute rerun badges timings

format: $(READY)  ## put code and notebooks into normal form
	.venv/bin/python -m ruff check --fix-only
	.venv/bin/python -m ruff format
	.venv/bin/python -m tools.notebooks format
	.venv/bin/python -m ruff check

execute: $(READY)  ## run notebooks and save their outputs: NB=notebooks/...
	$(if $(NB),,$(error NB is missing: \
		make execute NB=notebooks/01_linear_classifiers.ipynb))
	.venv/bin/python -m tools.notebooks execute $(NB)

rerun: $(READY)  ## run each cell again, move each slider: [NB=notebooks/...]
	.venv/bin/python -m tools.notebooks rerun $(NB)

badges: $(READY)  ## point badges and set-up cells to REPO=owner/name [TAG=v1.1]
	.venv/bin/python -m tools.notebooks badges "$(REPO)" $(TAG)

timings: $(READY)  ## measure lectures, each alone: [NB=notebooks/...]
	.venv/bin/python -m tools.notebooks timings $(NB)
# lecturers:end

train-08: $(READY)  ## run lecture 08's long experiments, 90 minutes
	.venv/bin/python -m tools.train 08

data: $(READY)  ## fetch the data sets for work without a network
	.venv/bin/python -m utils.data

$(READY): requirements.txt pyproject.toml $(if $(SOUND),,unsound)
	$(if $(PYTHON),,$(error the course needs Python 3.11, 3.12 or 3.13: \
		install one, or name it with make PYTHON=/path/to/python))
	@$(PYTHON) tools/install.py
	@touch $@

# lecturers:start
WEB := .venv/.web

.PHONY: site slides

site: $(WEB)  ## write the course's site into build/site
	.venv/bin/python -m tools.site

slides: $(READY)  ## write slides into build/slides: [NB=notebooks/...]
	.venv/bin/python -m tools.slides $(NB)

$(WEB): $(READY) pyproject.toml
	.venv/bin/python -m pip install --quiet -e ".[web]"
	@touch $@

.PHONY: assignments students grade formgrader

assignments: $(READY)  ## make the students' notebooks from the solutions
	.venv/bin/python -m tools.assignments

students: $(READY)  ## write the students' repository: OUT=folder REPO=owner/name [TAG=v1.0]
	$(if $(OUT),,$(error OUT is missing: \
		make students OUT=../my-course REPO=owner/name TAG=v1.0))
	.venv/bin/python -m tools.students "$(OUT)" "$(REPO)" $(TAG)

grade: $(READY)  ## grade a class: SUBMITTED=folder [JOBS=2] [OPTIONS=...]
	$(if $(SUBMITTED),,$(error SUBMITTED is missing: \
		make grade SUBMITTED=../class/a01))
	.venv/bin/python -m tools.grading "$(SUBMITTED)" \
		--jobs $(or $(JOBS),2) $(OPTIONS)

formgrader: $(READY)  ## grade by hand: RESULTS=folder-graded
	@test -e "$(RESULTS)/grades.csv" || { echo "RESULTS must be a folder that \
	make grade has written: make formgrader RESULTS=../class/a01-a01-graded"; \
	exit 1; }
	cd "$(RESULTS)" && "$(CURDIR)/.venv/bin/python" -m jupyterlab --allow-root
# lecturers:end

unsound:
