# 两条命令就够：make chat 打开对话窗口，make test 跑完全部测试。其余见 README。
PYTHON ?= python3
TORCH ?= torch==2.13.0
VENV := .venv
PY := $(VENV)/bin/python
STORE ?= store
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: setup chat test eval gate baseline benchmarks bench lint screenshot clean models browser
.DEFAULT_GOAL := setup

setup: models $(STORE)/judian.sqlite ## 环境、模型、示例库

$(VENV)/runtime: pyproject.toml constraints.txt
	@echo "准备运行环境（$(VENV)）……"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PIP) "$(TORCH)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/develop: $(VENV)/runtime
	@echo "准备测试工具……"
	@$(PIP) --editable ".[dev,llamacpp,ocr]"
	@touch $@

models: $(VENV)/runtime
	@$(PY) -m rag models fetch

$(STORE)/judian.sqlite: | models
	@$(PY) -m index add data/corpus --store $(STORE)

chat: setup ## 对话窗口
	@$(PY) ui.py --store $(STORE)

eval: setup ## 示例文档上的评测
	@$(PY) -m eval run --gold eval/gold/seven_speeches.jsonl --store $(STORE) --out out/eval

GATED := -m eval run --gold eval/gold/seven_speeches.jsonl --store $(STORE) --extractive --out out/gate
BASELINE := eval/baselines/seven_speeches_extractive.json

gate: setup ## 把关：不用语言模型的评测，低于留存的基线就失败
	@$(PY) $(GATED)
	@$(PY) -m eval gate out/gate --baseline $(BASELINE)

baseline: setup ## 把现在的结果留作新的基线
	@$(PY) $(GATED)
	@$(PY) -m eval gate out/gate --baseline $(BASELINE) --keep

bench: setup ## 速度
	@$(PY) -m eval bench --store $(STORE)

test: setup $(VENV)/develop browser ## 全部测试（真实模型、真实浏览器）
	@$(PY) -m pytest

screenshot: setup $(VENV)/develop browser ## 重拍 docs/screenshot.png
	@$(PY) -m tests.browser.screenshot --store $(STORE)

lint: $(VENV)/develop
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

browser: # 浏览器测试要 Debian 的 chromium 和中文字体
	@command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . || { \
	  echo "安装浏览器测试所需的 chromium 与中文字体……"; \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null; } || { \
	  echo "装不上 chromium。请手工安装：apt-get install chromium fonts-noto-cjk" >&2; exit 1; }

clean: ## 删去环境、示例库和输出（模型缓存不动）
	rm -rf $(VENV) $(STORE) out
