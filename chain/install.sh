#!/usr/bin/env bash
# Installs what the product and its tests need from Debian's packages. Idempotent; prints what it installs.
# Usage: bash chain/install.sh [runtime|tests]
#   runtime  what a node needs: RocksDB, libsecp256k1, libsodium; and Node.js with npm, which bundle the explorer's script
#   tests    runtime, plus what the tests drive: Chromium, PostgreSQL, PoCL, an OpenCL device on any processor, and Podman with runc,
#            its network, nftables and a static BusyBox: the container engine of a provider of compute; and Blender, which renders
set -euo pipefail
what="${1:-runtime}"

need_library() { ldconfig -p | grep -q "$1"; }
packages=()
need_library 'librocksdb\.so' || packages+=(librocksdb7.8)
need_library 'libsecp256k1\.so' || packages+=(libsecp256k1-1)
need_library 'libsodium\.so' || packages+=(libsodium23)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
if [ "$what" = tests ]; then
  command -v chromium >/dev/null || packages+=(chromium)
  need_library 'libOpenCL\.so' || packages+=(ocl-icd-libopencl1)
  ls /etc/OpenCL/vendors/*.icd >/dev/null 2>&1 || packages+=(pocl-opencl-icd)
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || packages+=(postgresql)
  command -v podman >/dev/null || packages+=(podman)
  command -v runc >/dev/null || packages+=(runc)
  command -v nft >/dev/null || [ -x /usr/sbin/nft ] || packages+=(nftables)
  command -v iptables >/dev/null || [ -x /usr/sbin/iptables ] || packages+=(iptables)
  [ -x /usr/lib/podman/netavark ] || packages+=(netavark)
  [ -x /bin/busybox ] || packages+=(busybox-static)
  [ -x /usr/bin/blender ] || packages+=(blender)
fi

command -v dotnet >/dev/null || { echo "install: the .NET 10 SDK is needed and 'dotnet' is not on the PATH; install it from your distribution or Microsoft's packages, then run this again." >&2; exit 1; }
case "$(dotnet --version 2>/dev/null)" in
  1[0-9].*) ;;
  *) echo "install: the .NET 10 SDK is needed, 'dotnet --version' says '$(dotnet --version 2>&1 | head -1)'; install SDK 10.0, then run this again." >&2; exit 1 ;;
esac
[ ${#packages[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "install: these libraries are missing and there is no apt-get to install them: ${packages[*]}" >&2; exit 1
fi
root=(); if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "install: run as root, or install by hand: apt-get install ${packages[*]}" >&2; exit 1; }
  root=(sudo)
fi
echo "install: ${packages[*]}"
case " ${packages[*]} " in
  *" postgresql "*) # the tests start servers of their own; the package shall not leave one running
    "${root[@]}" mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | "${root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null ;;
esac
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends "${packages[@]}" >/dev/null
