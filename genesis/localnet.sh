#!/usr/bin/env bash
# Installs what is missing, builds, and starts a localnet in the foreground until Ctrl-C.
# Arguments go to `depin localnet start`, for example: bash genesis/localnet.sh --block-time 12s --fresh
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
bash chain/install.sh runtime
built=chain/DePinChain.Cli/bin/Release/net10.0/depin.dll
if [ ! -f "$built" ] || [ ! -f chain/DePinChain.Node/bin/Release/net10.0/DePinChain.Node.dll ] \
   || [ ! -f chain/DePinChain.Explorer/bin/Release/net10.0/DePinChain.Explorer.dll ] \
   || [ ! -f chain/DePinChain.Providers/bin/Release/net10.0/DePinChain.Providers.dll ] \
   || [ ! -f chain/DePinChain.Miners/bin/Release/net10.0/DePinChain.Miners.dll ] \
   || [ ! -f gpu/DePinChain.Worker/bin/Release/net10.0/DePinChain.Worker.dll ] \
   || [ -n "$(find chain modules gpu genesis -newer "$built" \( -name '*.cs' -o -name '*.csproj' -o -name '*.json' -o -name '*.razor' -o -name '*.css' \) -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; then
  echo "localnet: building (about a minute the first time)"
  dotnet build chain/DePinChain.Node -c Release -v quiet -clp:ErrorsOnly --nologo
  dotnet build chain/DePinChain.Explorer -c Release -v quiet -clp:ErrorsOnly --nologo
  dotnet build chain/DePinChain.Providers -c Release -v quiet -clp:ErrorsOnly --nologo
  dotnet build chain/DePinChain.Miners -c Release -v quiet -clp:ErrorsOnly --nologo
  dotnet build gpu/DePinChain.Worker -c Release -v quiet -clp:ErrorsOnly --nologo
  dotnet build chain/DePinChain.Cli -c Release -v quiet -clp:ErrorsOnly --nologo
fi
exec bash chain/depin localnet start "$@"
