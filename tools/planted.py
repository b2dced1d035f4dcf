"""A small site with holes on purpose, for `make attack` alone: a scanner that does not find these finds nothing elsewhere
either. It listens on loopback, knows three invented rows and is no part of the platform.

`python tools/planted.py PORT`.
"""

import sqlite3
import sys

from flask import Flask, redirect, request

app = Flask(__name__)
PAGE = """<!doctype html><title>planted</title><a href="/found?name=one">one</a> <a href="/said?word=hello">two</a>
<a href="/blind?id=1">three</a> <a href="/away?to=/">four</a>
<form method="post" action="/form"><input name="title" value="x"><button>go</button></form>"""


def rows(query: str) -> list[tuple[int, str]]:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE things (id INTEGER, name TEXT)")
        database.executemany("INSERT INTO things VALUES (?, ?)", [(1, "one"), (2, "two"), (3, "three")])
        return database.execute(query).fetchall()


@app.get("/")
def index() -> str:
    return PAGE


@app.get("/found")
def found() -> tuple[str, int]:
    """SQL from a request, its errors shown."""
    try:
        return str(rows("SELECT * FROM things WHERE name = '" + request.args.get("name", "") + "'")), 200
    except sqlite3.Error as error:
        return f"sqlite3.OperationalError: {error}", 500


@app.get("/blind")
def blind() -> str:
    """SQL from a request that shows nothing but whether there is a row."""
    try:
        return "there" if rows("SELECT * FROM things WHERE id = " + request.args.get("id", "0")) else "not there"
    except sqlite3.Error:
        return "not there"


@app.post("/form")
def form() -> str:
    try:
        return "there" if rows("SELECT * FROM things WHERE name = '" + request.form.get("title", "") + "'") else "no"
    except sqlite3.Error:
        return "no"


@app.get("/said")
def said() -> str:
    return "<p>" + request.args.get("word", "") + "</p>"


@app.get("/away")
def away() -> object:
    return redirect(request.args.get("to", "/"))


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
