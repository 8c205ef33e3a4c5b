#!/bin/sh
# Makes .venv hold exactly what the lock names: `environment.sh run` for what Quorate needs, `environment.sh dev` for the
# development tools as well. Quick when there is nothing to do. Uses uv where it is found, venv and pip (every file checked
# against its hash) otherwise. PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
unset VIRTUAL_ENV

mode=${1:-run}
suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

fail() {
    echo "quorate: $1" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c "$suits" 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    found=$(${PYTHON:-python3} -c 'import platform; print("that is Python " + platform.python_version())' 2>/dev/null) || found="there is none"
    fail "needs Python 3.11, 3.12 or 3.13 as ${PYTHON:-python3}, but $found. Install one, or name it: make PYTHON=/path/to/python3.11 $mode"
}

# The wish: these locks, at this place. What is in .venv answers it when a stamp says the same.
wish="$(cat uv.lock pyproject.toml requirements*.txt | cksum) $(pwd)"

fulfilled() {
    .venv/bin/python -c "$suits" 2>/dev/null || return 1
    for stamp in "$@"; do
        if [ "$(cat ".venv/quorate-$stamp" 2>/dev/null)" = "$wish" ]; then return 0; fi
    done
    return 1
}

with_uv() {
    uv --version >/dev/null 2>&1 || return 1
    # --inexact: a run must not take the development tools away.
    if [ "$mode" = dev ]; then set -- --all-groups; else set -- --no-dev --inexact; fi
    uv sync --quiet --frozen --python "$python" "$@"
}

with_pip() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python has no venv module. On Debian or Ubuntu: apt install python3-venv"
    if [ "$mode" = dev ]; then wanted=requirements-dev.txt; else wanted=requirements.txt; fi
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.txt -r "$wanted"
    # The build tools are in place and checked, so the build needs no environment, and no download, of its own.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
}

case $mode in
run) if fulfilled run dev; then exit 0; fi ;;
dev) if fulfilled dev; then exit 0; fi ;;
*) fail "environment.sh knows run and dev, not $mode" ;;
esac

python=$(find_python)
[ -w . ] || fail "cannot write to $(pwd)"
if [ -e .venv ] && ! .venv/bin/python -c "$suits" 2>/dev/null; then rm -rf .venv; fi
echo "Preparing the environment in .venv ($("$python" --version)); this takes a minute the first time."
with_uv || with_pip || fail "could not install the packages named in the lock; the lines above say why"
echo "$wish" >".venv/quorate-$mode"
