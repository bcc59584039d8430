# shellcheck shell=bash
# What the scripts share. To be sourced; leaves them in the root of the project.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

# Absolute, because npm runs what needs it from other folders.
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR
# It would look for a newer npm, and say so in the middle of the output.
export npm_config_update_notifier=false
# Programs that the tests need and no package brings.
export tools=$CARGO_TARGET_DIR/tools

say() { printf '\n==> %s\n' "$*"; }

die() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 1
}

# need COMMAND HINT: says what is missing instead of letting a build fail in the middle.
need() { command -v "$1" >/dev/null || die "$1 is missing: $2"; }

need_rust() { need cargo 'install Rust 1.95 or newer (https://rustup.rs)'; }
need_node() { need npm 'install Node 20.19 or newer (https://nodejs.org)'; }

# fingerprint PATH…: of the contents, not the times, so that a fresh clone or a changed branch and back costs no rebuild.
fingerprint() {
  find "$@" \( -name node_modules -o -name dist \) -prune -o -type f ! -name schema.d.ts -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# npm_install FOLDER: `npm ci`, but only after the lock file changed; so a second start needs no network.
npm_install() {
  local stamp=$1/node_modules/.installed print
  print=$(fingerprint "$1/package-lock.json")-$(node --version)
  [ "$(cat "$stamp" 2>/dev/null)" = "$print" ] && return
  need_node
  say "npm ci in $1"
  (cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) || return
  printf '%s\n' "$print" >"$stamp"
}
