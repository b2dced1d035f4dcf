#!/bin/sh
# A district beside the city's system, both on this machine (docs/integrators.md). In one terminal the city:
#   make run
# In another, in the same folder, the district, which takes the city's visits and gives results back:
#   sh docs/examples/mirror.sh
# CITY: where the city's server is; CITY_INSTANCE: its folder, needed only to issue the tokens that its administrator would hand over.
set -eu
cd "$(dirname "$0")/../.."
CITY=${CITY:-http://127.0.0.1:8000}
CITY_INSTANCE=${CITY_INSTANCE:-$PWD/instance}
NAME=全市统一综合执法系统
flask="${PYTHON_BIN:-.venv/bin}/flask --app wsgi"
export JCM_ENV=demo

token() { JCM_INSTANCE=$CITY_INSTANCE $flask tokens issue --unit "$1" --role "$2" --name "district $(date +%s)" | tail -n 1; }
supervisor=$(token YT-SFJ supervisor)
units=YT-YJJ=$(token YT-YJJ inspector),YT-SCJG=$(token YT-SCJG inspector)

unset JCM_DATABASE_URL JCM_PUBLIC_URL
export JCM_INSTANCE="${DISTRICT_INSTANCE:-$PWD/instance-district}" JCM_PORT="${DISTRICT_PORT:-8001}"
export JCM_DEMO_PASSWORD="${JCM_DEMO_PASSWORD:-mirror-of-the-city}"
$flask init --quiet
$flask demo load --registers-only --if-empty >/dev/null
printf 'name,prefixes,entry\n%s,%s/q/,%s/scan/\n' "$NAME" "$CITY" "$CITY" >"$JCM_INSTANCE/issuers.csv"
$flask import issuers "$JCM_INSTANCE/issuers.csv"
$flask connector issuing mirror --system "$NAME" --entry "$CITY/inspect/"

export JCM_CONNECTOR_SYSTEM=$NAME JCM_CONNECTOR_URL=$CITY JCM_CONNECTOR_TOKEN=$supervisor JCM_CONNECTOR_UNIT_TOKENS=$units JCM_CONNECTOR_EVERY=5
exec $flask serve
