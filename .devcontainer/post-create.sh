#!/usr/bin/env bash
# Once, after the container was made: the locked dependencies, and a word about the settings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

make .venv/.installed-development
.venv/bin/python -m app check-config
echo "Ready: 'make run' serves, 'make test' runs the suite, 'make check' the linters."
