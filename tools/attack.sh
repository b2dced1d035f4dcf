#!/bin/sh
# Attacks a demonstration of its own on loopback, which it starts and stops; the folder with its database goes too.
# The pages: sqlmap and wapiti, signed out and signed in (tools/attack_pages.py), each first shown to find planted holes.
# The API, from its own document: Schemathesis calls every operation with right and wrong requests, in every role. A 5xx, an
# answer that is not in the document, or a wrong request that is taken makes it fail.
# JCM_ATTACK_SECONDS (600) bounds each scanner, JCM_ATTACK_EXAMPLES (15) and JCM_ATTACK_SEED the API's, JCM_ATTACK_OPTIONS is
# handed to `st run`. JCM_ATTACK_PARTS="pages api" says which parts.
set -eu
port="${JCM_ATTACK_PORT:-8931}"
place="$(mktemp -d)"
venv=.cache/attack
pages=.cache/attack-pages
parts="${JCM_ATTACK_PARTS:-pages api}"
mkdir -p .cache
trap 'kill "${server:-}" 2>/dev/null && wait "${server:-}" 2>/dev/null || true; rm -rf "$place" .schemathesis' EXIT INT TERM

if [ ! -x "$venv/bin/st" ]; then # apart from ours: it brings its own versions of packages
	"${PYTHON:-python3}" -m venv "$venv"
	"$venv/bin/pip" install --quiet "schemathesis==4.32.5"
fi

case " $parts " in *" pages "*) if [ ! -x "$pages/bin/wapiti" ]; then # apart again: it wants other versions of the same packages
	"${PYTHON:-python3}" -m venv "$pages"
	"$pages/bin/pip" install --quiet -r requirements-attack.txt
fi ;; esac

JCM_DEMO_PASSWORD="$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(18))')"
export JCM_DEMO_PASSWORD
export JCM_ENV=demo JCM_INSTANCE="$place" JCM_HOST=127.0.0.1 JCM_PORT="$port" JCM_PUBLIC_URL="http://127.0.0.1:$port"
export JCM_RATE_LIMITS=off JCM_WORKERS=1
.venv/bin/flask --app wsgi serve >"$place/server.log" 2>&1 &
server=$!
.venv/bin/python - "$JCM_PUBLIC_URL/readyz" <<'PYTHON' || { tail -n 20 "$place/server.log" >&2; exit 1; }
import sys, time, urllib.request
for _ in range(3600):  # a machine that others use loads a demonstration in a quarter of an hour
    try:
        urllib.request.urlopen(sys.argv[1], timeout=5).close()
        sys.exit(0)
    except OSError:
        time.sleep(1)
sys.exit("the demonstration did not start")
PYTHON

failed=0
case " $parts " in *" pages "*) .venv/bin/python tools/attack_pages.py || failed=$? ;; esac

attack_api() {
	for role in inspector head supervisor admin integration; do
		unit=YT-YJJ
		case "$role" in supervisor | admin) unit=YT-SFJ ;; esac
		token="$(.venv/bin/flask --app wsgi tokens issue --unit "$unit" --role "$role" --name "attack" | tail -n 1)"
		JCM_ATTACK_TOKENS="${JCM_ATTACK_TOKENS:-} $role:$token"
	done
	export JCM_ATTACK_TOKENS

	# Not checked: that every request with right fields is taken (a certificate or an item must exist, too), and the Allow header of
	# /inspections/batch, which names GET because of /inspections/{id}; that all of a
	# new inspection is there at once (its proof follows in seconds).  How long an answer takes is a matter of the benchmarks.
	SCHEMATHESIS_HOOKS=attack_hooks PYTHONPATH=tools "$venv/bin/st" --config-file tools/attack.toml run "$JCM_PUBLIC_URL/api/v1/openapi.json" \
		--checks all --exclude-checks positive_data_acceptance,allow_header_conformance,ensure_resource_availability --continue-on-failure --no-color \
		--max-examples "${JCM_ATTACK_EXAMPLES:-15}" --max-time "${JCM_ATTACK_SECONDS:-600}" --request-timeout 120 --max-response-time 60 --generation-database none \
		${JCM_ATTACK_SEED:+--seed "$JCM_ATTACK_SEED"} ${JCM_ATTACK_OPTIONS:-}
}
case " $parts " in *" api "*) attack_api || failed=$? ;; esac

if grep -q "unexpected error" "$place/server.log"; then
	grep -A 30 -m 3 "unexpected error" "$place/server.log" >&2
	[ "$failed" != 0 ] || failed=1
fi
exit "$failed"
