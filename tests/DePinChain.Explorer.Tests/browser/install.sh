#!/usr/bin/env bash
# Installs what the browser test needs from the lock file, once per lock file. Chromium comes from Debian (chain/install.sh tests).
set -euo pipefail
cd "$(dirname "$0")"
command -v chromium >/dev/null || { echo "browser: chromium is missing; run: bash chain/install.sh tests" >&2; exit 1; }
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi
