#!/bin/sh
# Builds the scanner page. Without Node it says so and goes on: everything else works.
set -eu
if ! command -v npm >/dev/null 2>&1; then
	echo "Node is not installed: the scanner page (/scan/) is not built; everything else works. Install Node 20 and run make again." >&2
	exit 0
fi
cd scanner_static
[ -f package.json ] || exit 0
# Linked packages belong to another checkout: npm ci would empty them there.
if [ ! -L node_modules ] && { [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; }; then
	npm ci --no-audit --no-fund --loglevel=error
fi
npm run --silent build
