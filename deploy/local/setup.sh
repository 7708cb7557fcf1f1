#!/usr/bin/env bash
# Sets up this clone: .venv with the pinned dependencies and the house's packages, and the RabbitMQ server.
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

if [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ] && [ -z "${HUIJIA_AMQP_URL:-}${HUIJIA_RABBITMQ_SERVER:-}" ]; then
  if as_root; then
    echo "Installing rabbitmq-server"
    apt_install rabbitmq-server
  else
    echo "Note: no RabbitMQ server here. Before 'make up', 'make demo' or 'make test', install it:"
    echo "    sudo apt-get update && sudo apt-get install --no-install-recommends rabbitmq-server"
    echo "or name a running broker in HUIJIA_AMQP_URL."
  fi
fi

fonts=()
[ -d /usr/share/fonts/truetype/lxgw-wenkai ] || fonts+=(fonts-lxgw-wenkai)
[ -d /usr/share/fonts/truetype/hanazono ] || fonts+=(fonts-hanazono)
if [ "${#fonts[@]}" -gt 0 ] && [ -z "${HUIJIA_FONT_FOLDER:-}" ]; then
  # All but PDFs works without them.
  if ! { as_root && echo "Installing ${fonts[*]}" && apt_install "${fonts[@]}"; }; then
    echo "Note: Chinese fonts for papers as PDF are missing:  sudo apt-get install --no-install-recommends ${fonts[*]}"
  fi
fi

[ -x .venv/bin/pip ] || "$python" -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet install)
echo "Installing the pinned dependencies into .venv"
"${pip[@]}" --require-hashes -r requirements.txt
editables=()
for package in "$@"; do editables+=(-e "$package"); done
"${pip[@]}" --no-deps --no-build-isolation "${editables[@]}"
