#!/bin/sh
# The contracts' job: contracts valid, examples truthful, an answer for every operation; the same answers from Prism.
# Usage: ci/contract.sh [CHECK OPTIONS]                            e.g. --format github
set -eu
cd "$(dirname "$0")/.."

if [ -x node_modules/.bin/prism ] || command -v prism >/dev/null; then
    exec beep-mock check --against-prism "$@"
fi
if [ "${CI:-}" = true ]; then
    echo "Prism is not installed: run \`npm install\` first" >&2
    exit 2
fi
echo "Prism is not installed: the contracts are checked without it" >&2
exec beep-mock check "$@"
