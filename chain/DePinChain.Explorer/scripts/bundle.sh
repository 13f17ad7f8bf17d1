#!/usr/bin/env bash
# bundle.sh FOLDER: the explorer's scripts out of the npm packages of the lock file: site.js for every page, proof.js and charts.js for
# those that have something to check or to draw. Without npm, or without its registry, the site is built without them: every page is
# complete without a script, but nothing updates by itself and no wallet is asked.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "explorer: node and npm are missing, so the site is built without its script; install them with: apt-get install nodejs npm"
  exit 0
fi
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || { echo "explorer: npm ci failed, so the site is built without its script"; exit 0; }
  cp package-lock.json "$stamp"
fi
mkdir -p "$1"
node_modules/.bin/esbuild site.js proof.js charts.js --bundle --minify --format=esm --target=es2022 --outdir="$1" --log-level=warning
