# What a maintainer does often. CORPUS holds texts of others and lies outside the repository.
CORPUS ?= ../shared/corpus
PYTHON ?= python3
BUILD ?= build
BIN := .venv/bin
GOLD := $(CORPUS)/pages.jsonl data/written.jsonl data/pages.jsonl $(BUILD)/annotated.jsonl.gz
MORE := --comments $(CORPUS)/comments.jsonl --sentences $(CORPUS)/sentences.jsonl \
  --trails $(CORPUS)/trails.jsonl --trails data/trails.jsonl
TAUGHT := --teacher data/teacher.jsonl.gz

.PHONY: help install test lint ci model teacher licensed gate pin bench card readme picture fuzz-serve dist fuzz coverage mutation matrix lowest faults steady
help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

install: .venv/installed  ## an environment in .venv, this checkout in it, and what the tests need
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[test]'
	@touch $@

test: install  ## the tests
	$(BIN)/python -m pytest

lint: install  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ci:  ## all that must hold, in a copy of the tree and a fresh environment
	.ci/run

# Fetched only where it is missing: make model CORPUS=corpus FROM=https://where.they.lie
FETCHED := $(CORPUS)/unlabelled.jsonl
$(FETCHED):
	$(BIN)/pip install -q -e '.[fetch]'
	$(BIN)/winnow corpus fetch --output $(CORPUS) $(if $(FROM),--from $(FROM))

$(BUILD)/annotated.jsonl.gz: data/annotations.jsonl.gz $(FETCHED)
	mkdir -p $(BUILD)
	$(BIN)/winnow corpus join $< $(CORPUS)/unlabelled.jsonl --output $@

# One thread of linear algebra adds up in one order, so that the same corpus gives the same model to the byte.
model: install $(BUILD)/annotated.jsonl.gz  ## train the default model; it takes its place only if the gate lets it
	OPENBLAS_NUM_THREADS=1 $(BIN)/winnow train $(GOLD) $(MORE) $(TAUGHT) --output $(BUILD)/default
	$(BIN)/python -m training.gate --model ./$(BUILD)/default --corpus $(CORPUS)
	mkdir -p models/default
	cp $(BUILD)/default/weights.npz $(BUILD)/default/manifest.json models/default/
	$(MAKE) card readme

# An encoder for each half of the pages, which judges the other half; what is shipped is their average. Who speaks is a
# question to the whole page, so they say nothing of comments.
MINUTES ?= 60
TEACHER := $(BUILD)/teacher
$(TEACHER)/%.pt: $(BUILD)/annotated.jsonl.gz
	mkdir -p $(TEACHER)
	$(BIN)/python -m training.teacher.fit $(GOLD) $(MORE) --output $@ --minutes $(MINUTES) --resume --fold $*

$(TEACHER)/0/encoder.onnx $(TEACHER)/1/encoder.onnx: $(TEACHER)/%/encoder.onnx: $(TEACHER)/%.pt
	$(BIN)/python -m training.teacher.export $< --silent comment --output $(@D)

$(TEACHER)/both/encoder.onnx: $(TEACHER)/0.pt $(TEACHER)/1.pt
	$(BIN)/python -m training.teacher.export $^ --silent comment --output $(@D) --check $(CORPUS)/pages.jsonl

FOLDS := --fold $(TEACHER)/0 --fold $(TEACHER)/1 --parted $(TEACHER)/0.folds.json
teacher: install  ## train the accurate model upon the default one, and what the default learns from its encoders; hours
	$(BIN)/pip install -q -e '.[teacher]'
	$(MAKE) $(foreach one,0 1 both,$(TEACHER)/$(one)/encoder.onnx)
	$(BIN)/python -m training.teacher.accurate $(GOLD) $(MORE) --output models/accurate $(FOLDS) --encoder $(TEACHER)/both
	$(BIN)/python -m training.teacher.tell $(GOLD) --output data/teacher.jsonl.gz $(FOLDS)

licensed: install $(BUILD)/annotated.jsonl.gz  ## train without the sources that state no licence, for the card
	$(BIN)/winnow train $(GOLD) $(MORE) --licensed-only --output $(BUILD)/licensed

gate: install  ## hold the shipped model against its recorded floors
	$(BIN)/python -m training.gate --corpus $(CORPUS)

pin: install  ## record what the shipped model reaches as its floors; refuses to lower one
	$(BIN)/python -m training.gate --corpus $(CORPUS) --pin

bench: install  ## how well and how fast, beside what others would do
	$(BIN)/python benchmarks/quality.py --corpus $(CORPUS)
	$(BIN)/python benchmarks/speed.py

card: install  ## measure the shipped model, and a licensed one where there is one, and write its card
	$(BIN)/python -m training.card models/default --measure $(CORPUS) \
	  $(if $(wildcard $(BUILD)/licensed/manifest.json),--licensed $(BUILD)/licensed)

readme: install  ## write again what the README and the datasheet show
	$(BIN)/python docs/refresh.py

picture: install  ## take the README's picture again, with the shipped model; needs chromium
	$(BIN)/pip install -q -e '.[browser]'
	$(BIN)/python docs/picture.py

fuzz-serve: install  ## two minutes of schemathesis against winnow serve
	$(BIN)/pip install -q -e '.[serve]' schemathesis
	WINNOW_FUZZ_SECONDS=120 $(BIN)/python -m pytest tests/classifier/serve/test_fuzz.py

dist: install  ## sdist and wheel, in dist/
	$(BIN)/hatchling build

FUZZED := segments features whole stretches filter artifact readers json decoder
fuzz: install  ## an hour of a processor on hostile inputs, with Atheris where it installs; what broke is in build/fuzz
	$(BIN)/pip install -q atheris || true
	$(BIN)/python -m fuzz.run $(FUZZED) --seconds 450 --out $(BUILD)/fuzz
	$(BIN)/python -m fuzz.sweep

faults: install  ## end a hundred runs by signals at random moments and look at what is left
	$(BIN)/python -m fuzz.faults 100

steady: install  ## what changes of labels under changes of text that mean nothing
	$(BIN)/python -m fuzz.metamorphic $(CORPUS)/pages.jsonl data/written.jsonl data/pages.jsonl

coverage: install  ## what of classifier/ the tests run, by branch, with the hosts of the integrations that install
	$(BIN)/pip install -q -e '.[test,html,warc,remote,ray,dask,spacy,datatrove,spark]' coverage
	rm -rf $(BUILD)/coverage && mkdir -p $(BUILD)/coverage
	-COVERAGE_FILE=$(CURDIR)/$(BUILD)/coverage/c $(BIN)/coverage run -m pytest tests/classifier
	COVERAGE_FILE=$(CURDIR)/$(BUILD)/coverage/c $(BIN)/coverage combine -q
	COVERAGE_FILE=$(CURDIR)/$(BUILD)/coverage/c $(BIN)/coverage report --precision=1 --sort=cover

mutation: install  ## change the code of segments, decode and io and see whether a test notices; in build/mutation
	$(BIN)/pip install -q mutmut
	rm -rf $(BUILD)/mutation && mkdir -p $(BUILD)/mutation
	git archive HEAD | tar -x -C $(BUILD)/mutation
	cd $(BUILD)/mutation && $(CURDIR)/$(BIN)/mutmut run && $(CURDIR)/$(BIN)/mutmut results

matrix: install  ## the same answers on every Python from 3.10 to 3.13 that is here, with the newest libraries
	$(BIN)/python -m fuzz.matrix tests/classifier tests/hostile

lowest: install  ## the tests on the oldest Python with the lowest versions that pyproject.toml promises
	$(BIN)/python -m fuzz.matrix --lowest tests/classifier tests/hostile
