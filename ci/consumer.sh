#!/bin/sh
# The consumers' job: run their tests, which record pacts/, and fail if the pacts in the repository are not what they need.
# Usage: ci/consumer.sh [CONSUMER ...] [-- PYTEST OPTIONS]        without a name: all in consumers/
set -eu
cd "$(dirname "$0")/.."
export PACT_DO_NOT_TRACK=true

folders=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    folders="$folders consumers/$1"
    shift
done
[ $# -eq 0 ] || shift

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
trap 'exit 130' INT TERM
mkdir -p pacts
cp -R pacts/. "$before"

# shellcheck disable=SC2086 # names of services have no spaces
python -m pytest ${folders:-consumers} "$@"

if ! python ci/compare_pacts.py "$before" pacts; then
    echo "pacts/ is not up to date: commit the pacts that were just recorded" >&2
    exit 1
fi
