#!/bin/sh
# Attacks the API from its own document: Schemathesis calls every operation with right and wrong requests, in every role. A 5xx, an
# answer that is not in the document, or a wrong request that is taken makes it fail. It starts a demonstration of its own on
# loopback and stops it; the folder with its database goes too. JCM_ATTACK_EXAMPLES (15) and JCM_ATTACK_SECONDS (600) bound it,
# JCM_ATTACK_SEED repeats a run. JCM_ATTACK_OPTIONS is handed to `st run`.
set -eu
port="${JCM_ATTACK_PORT:-8931}"
place="$(mktemp -d)"
venv=.cache/attack
mkdir -p .cache
trap 'kill "${server:-}" 2>/dev/null && wait "${server:-}" 2>/dev/null || true; rm -rf "$place" .schemathesis' EXIT INT TERM

if [ ! -x "$venv/bin/st" ]; then # apart from ours: it brings its own versions of packages
	"${PYTHON:-python3}" -m venv "$venv"
	"$venv/bin/pip" install --quiet "schemathesis==4.32.5"
fi

export JCM_ENV=demo JCM_INSTANCE="$place" JCM_HOST=127.0.0.1 JCM_PORT="$port" JCM_PUBLIC_URL="http://127.0.0.1:$port"
export JCM_RATE_LIMITS=off JCM_WORKERS=1
.venv/bin/flask --app wsgi serve >"$place/server.log" 2>&1 &
server=$!
.venv/bin/python - "$JCM_PUBLIC_URL/readyz" <<'PYTHON' || { tail -n 20 "$place/server.log" >&2; exit 1; }
import sys, time, urllib.request
for _ in range(600):
    try:
        urllib.request.urlopen(sys.argv[1], timeout=5).close()
        sys.exit(0)
    except OSError:
        time.sleep(1)
sys.exit("the demonstration did not start")
PYTHON

for role in inspector head supervisor admin integration; do
	unit=YT-YJJ
	case "$role" in supervisor | admin) unit=YT-SFJ ;; esac
	token="$(.venv/bin/flask --app wsgi tokens issue --unit "$unit" --role "$role" --name "attack" | tail -n 1)"
	JCM_ATTACK_TOKENS="${JCM_ATTACK_TOKENS:-} $role:$token"
done
export JCM_ATTACK_TOKENS

# Not checked: that every request with right fields is taken (a certificate or an item must exist, too), and the Allow header of
# /inspections/batch, which names GET because of /inspections/{id}; that all of a
# new inspection is there at once (its proof follows in seconds).
SCHEMATHESIS_HOOKS=attack_hooks PYTHONPATH=tools "$venv/bin/st" run "$JCM_PUBLIC_URL/api/v1/openapi.json" \
	--checks all --exclude-checks positive_data_acceptance,allow_header_conformance,ensure_resource_availability --continue-on-failure --no-color \
	--max-examples "${JCM_ATTACK_EXAMPLES:-15}" --max-time "${JCM_ATTACK_SECONDS:-600}" --request-timeout 30 --generation-database none \
	${JCM_ATTACK_SEED:+--seed "$JCM_ATTACK_SEED"} ${JCM_ATTACK_OPTIONS:-} || failed=$?
if grep -q "unexpected error" "$place/server.log"; then
	grep -A 30 -m 3 "unexpected error" "$place/server.log" >&2
fi
exit "${failed:-0}"
