#!/bin/sh
# Installs 检查码 from the unpacked bundle, without a network: sh install.sh [PYTHON]
# Checks every file, makes .venv here, installs the wheels. Run it again after unpacking a newer bundle over this folder.
set -eu
umask 022 # the service runs as another user than the one who installs
cd "$(dirname "$0")"
wanted=$(cat PYTHON_VERSION)
python=${1:-python$wanted}
command -v "$python" >/dev/null 2>&1 || python=python3
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ "$found" != "$wanted" ]; then
	echo "需要 Python $wanted，这里是 $found。This bundle is for Python $wanted, here is $found: sh install.sh /path/to/python$wanted" >&2
	exit 1
fi
sha256sum --quiet --check SHA256SUMS || {
	echo "文件不完整或被改动，没有安装。Files are missing or were changed; nothing was installed." >&2
	exit 1
}
# What an older version had and this one has not would still be loaded: a module, a migration under another name.
cut -c67- SHA256SUMS >.files
find app docs examples migrations scanner_static wheels -type f ! -path '*/__pycache__/*' | grep -vxFf .files | while IFS= read -r left; do
	rm -f "$left"
done
rm -f .files
"$python" -m venv .venv
.venv/bin/python -m pip --disable-pip-version-check --quiet install --no-index --find-links wheels -r requirements.txt
.venv/bin/python -m compileall -q app migrations wsgi.py
find . -path ./instance -prune -o ! -type l -exec chmod a+rX {} +
if [ "$(id -u)" = 0 ] && command -v runuser >/dev/null && ! runuser -u nobody -- .venv/bin/python -c '' 2>/dev/null; then
	echo "其他用户不能运行 $(readlink -f .venv/bin/python)，服务将无法启动：请使用装在公共目录的 Python。Other users cannot run that Python, so the service will not start: use one that is installed for all." >&2
fi
echo "已安装。Installed. Next: set JCM_JURISDICTION, JCM_PUBLIC_URL, JCM_DATABASE_URL; then .venv/bin/flask --app wsgi init (docs/operations.md)"
