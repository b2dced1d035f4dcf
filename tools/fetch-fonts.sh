#!/bin/sh
# Fetches the typeface of papers (Noto Serif SC, SIL Open Font License 1.1) from its npm package: two of its eight weights are
# kept. Without Node it says so and goes on: then papers have a print view and no PDF, unless Debian's fonts-noto-cjk is there.
set -eu
if ! command -v npm >/dev/null 2>&1; then
	echo "Node is not installed: no fonts for papers, so they are printed from the page and not made as PDF. Install Node 20 (or fonts-noto-cjk) and run make again." >&2
	exit 0
fi
fonts=app/typesetting/fonts
package=tools/fonts/node_modules/@expo-google-fonts/noto-serif-sc
(cd tools/fonts && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
mkdir -p "$fonts"
cp "$package/400Regular/NotoSerifSC_400Regular.ttf" "$package/700Bold/NotoSerifSC_700Bold.ttf" "$fonts/"
cp "$package/LICENSE_FONT" "$fonts/OFL.txt"
rm -rf tools/fonts/node_modules
touch "$fonts/.fetched"
