#!/usr/bin/env bash
# Start the app with the given Python, wait until it is healthy, stop it. Fails when it does not come up in a minute.
set -euo pipefail
python=$1 port=8597
"$python" -m patentprep app --no-browser --port "$port" >/tmp/patentprep-app.log 2>&1 &
app=$!
trap 'kill "$app" 2>/dev/null || true' EXIT
for _ in $(seq 120); do
  if "$python" -c "import urllib.request as u; assert u.urlopen('http://127.0.0.1:$port/_stcore/health', timeout=1).read() == b'ok'" 2>/dev/null; then
    echo "app is healthy on 127.0.0.1:$port"
    exit 0
  fi
  kill -0 "$app" 2>/dev/null || break
  sleep 0.5
done
cat /tmp/patentprep-app.log
exit 1
