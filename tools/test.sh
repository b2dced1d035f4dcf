#!/bin/sh
# Runs every test on SQLite and PostgreSQL, and in a real browser. JCM_NO_SKIP=1 makes a skipped test a failure.
set -eu
if ! command -v chromium >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "Installing Chromium for the browser tests …" >&2
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk) >/dev/null 2>&1 || true
	fi
	command -v chromium >/dev/null 2>&1 ||
		echo "No Chromium: the browser tests are skipped. Install it with: sudo apt-get install chromium fonts-noto-cjk" >&2
fi
exec .venv/bin/pytest -n "${JCM_TEST_WORKERS:-2}" --dist worksteal "$@"
