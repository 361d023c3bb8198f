#!/bin/sh
# The providers' job: replay every pact at the provider that it names.
# Usage: ci/provider.sh [PROVIDER ...] [-- VERIFY OPTIONS]         without a name: all in providers/ that have an app.py
set -eu
cd "$(dirname "$0")/.."
export PACT_DO_NOT_TRACK=true

providers=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    providers="$providers $1"
    shift
done
[ $# -eq 0 ] || shift
if [ -z "$providers" ]; then
    for app in providers/*/app.py; do
        [ -f "$app" ] && providers="$providers $(basename "$(dirname "$app")")"
    done
fi
if [ -z "$providers" ]; then
    echo "no provider with an app.py in providers/" >&2
    exit 2
fi

# Every provider is verified, whatever the one before it said; the worst status is ours.
worst=0
for provider in $providers; do
    status=0
    beep-mock verify "$provider" "$@" || status=$?
    [ "$status" -le "$worst" ] || worst=$status
done
exit "$worst"
