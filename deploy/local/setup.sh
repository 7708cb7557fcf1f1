#!/usr/bin/env bash
# Sets up this clone: .venv with the pinned dependencies and the house's packages, the RabbitMQ server, what MongoDB
# and papers need of the system.
# Usage: setup.sh PACKAGE_FOLDER...   Everything it says goes to stderr.
set -euo pipefail
exec 1>&2

python="${PYTHON:-python3.11}"
as_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
# RUNLEVEL=1: the package's own service is not started; the city runs a private node.
apt_install() { apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "$@"; }

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if ! as_root; then
    echo "$python with its venv module is missing. Install it:  sudo apt-get update && sudo apt-get install python3.11-venv"
    exit 1
  fi
  apt_install python3.11 python3.11-venv
fi

# need WHY PACKAGE...: installs them as root, else says how, and goes on.
need() {
  local why="$1" && shift
  if as_root && echo "Installing $*" && apt_install "$@"; then return; fi
  echo "Note: $why. Install it:  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
}

if [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] && [ -z "${HUIJIA_AMQP_URL:-}${HUIJIA_RABBITMQ_SERVER:-}" ]; then
  need "no RabbitMQ server here, and no running broker in HUIJIA_AMQP_URL" rabbitmq-server
fi

if [[ "$(/sbin/ldconfig -p)" != *libcurl.so.4* ]] && [ -z "${HUIJIA_MONGODB_URI:-}${HUIJIA_MONGOD:-}" ]; then
  need "the embedded MongoDB lacks a library" libcurl4
fi

fonts=()
[ -d /usr/share/fonts/truetype/lxgw-wenkai ] || fonts+=(fonts-lxgw-wenkai)
[ -d /usr/share/fonts/truetype/hanazono ] || fonts+=(fonts-hanazono)
if [ "${#fonts[@]}" -gt 0 ] && [ -z "${HUIJIA_FONT_FOLDER:-}" ]; then
  need "Chinese fonts for papers as PDF are missing; all else works without" "${fonts[@]}"
fi

[ -x .venv/bin/pip ] || "$python" -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet install)
echo "Installing the pinned dependencies into .venv"
"${pip[@]}" --require-hashes -r requirements.txt
editables=()
for package in "$@"; do editables+=(-e "$package"); done
"${pip[@]}" --no-deps --no-build-isolation "${editables[@]}"
