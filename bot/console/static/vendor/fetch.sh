#!/bin/sh
# Bring the vendored files anew from their npm packages: make vendor
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
bring() { # package version path name
    npm pack --silent "$1@$2" >/dev/null
    tar xzf ./*.tgz && cp "package/$3" "$here/$4" && rm -rf package ./*.tgz
}
bring htmx.org 4.0.1 dist/htmx.min.js htmx.min.js
bring @tabler/core 1.6.1 dist/css/tabler.min.css tabler.min.css
bring jsqr 1.4.0 dist/jsQR.js jsQR.js
bring echarts 6.1.0 dist/echarts.common.min.js echarts.common.min.js
for file in "$here"/*.js "$here"/*.css; do gzip -9 -n -k -f "$file"; done
