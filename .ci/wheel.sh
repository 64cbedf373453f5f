#!/usr/bin/env bash
# Build a wheel, install it in an empty environment, and use it from a folder that holds nothing of the checkout.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
"$here/.venv/bin/python" -m build --wheel --outdir "$away/dist" "$here" >"$away/build.log" 2>&1 || { tail -20 "$away/build.log"; exit 1; }
python3 -m venv "$away/env"
"$away/env/bin/pip" install -q --constraint "$here/constraints.txt" "$away"/dist/*.whl
cp "$here/data/samples/"* "$away/"
cd "$away"
for sample in gearbox-ready-zh.docx attention-pure-algorithm-en.txt; do
  status=0
  env/bin/patentprep check "$sample" --format json -o report.json || status=$?
  [ "$status" -le 1 ] || { echo "check $sample: exit $status"; exit 1; }
  env/bin/python - "$sample" <<'PY'
import json, sys
report = json.load(open("report.json", encoding="utf-8"))
assert len(report["requirements"]) == 6, report["requirements"]
print(sys.argv[1], report["readiness"]["level"], report["eligibility"]["verdict"])
PY
done
bash "$here/.ci/serves.sh" "$away/env/bin/python"
