#!/usr/bin/env bash
# Makes what is missing of .env (passwords) and secrets/ (keys), and leaves alone what is there. Neither is in git.
# Data can't be read without the *data-keys.json in secrets/ and found without the *blind-index.key: back them up, elsewhere.
set -euo pipefail
umask 077
cd "$(dirname "$0")"
command -v openssl >/dev/null || { echo "openssl is missing: sudo apt-get install openssl" >&2; exit 1; }

touch .env
for name in MONGODB_ROOT MONGODB_REGISTRATION MONGODB_SERVICE_TRACKING MONGODB_EVALUATION MONGODB_BACKUP RABBITMQ KEYCLOAK_ADMIN GRAFANA_ADMIN; do
  grep -q "^${name}_PASSWORD=" .env || echo "${name}_PASSWORD=$(openssl rand -hex 24)" >> .env
done

# The folder is the owner's alone; the files are readable in the containers, which run as another user.
mkdir -p secrets
make() { test -s "secrets/$1" || { cat > "secrets/$1.draft" && chmod 444 "secrets/$1.draft" && mv "secrets/$1.draft" "secrets/$1"; }; }
for service in "" service-tracking-; do  # registration's have no prefix
  make "${service}data-keys.json" <<< "{\"active\": \"k1\", \"keys\": {\"k1\": \"$(openssl rand -base64 32)\"}}"
  make "${service}blind-index.key" <<< "$(openssl rand -base64 32)"
done
make statement.pem <<< "$(openssl genpkey -algorithm ed25519)"  # signs evaluation's statements
make mongodb.key <<< "$(openssl rand -base64 756)"
echo "Passwords are in $PWD/.env, keys in $PWD/secrets." >&2
