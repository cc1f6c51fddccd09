"""The shape of the house: what may lie where, and what no file may do."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("service_app", "assets", "workorders")
VAGUE = {"utils.py", "helpers.py", "common.py", "misc.py"}
TEMPLATES = ROOT / "templates"
OWN_TEMPLATE_FOLDERS = {"layouts", "components", "errors"}
COMPUTED_STYLE = re.compile(
    r"^(--[\w-]+\s*:\s*[^;]*\{[{%].*|(left|width)\s*:\s*\{\{.*\}\}\s*%)$", re.S
)
WITHOUT_CLOCK = {"service.py", "queries.py", "rules.py", "models.py", "jobs.py", "people.py"}


def sources() -> list[Path]:
    return sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py"))


def names(paths: Iterator[Path] | list[Path]) -> list[str]:
    return [str(p.relative_to(ROOT)) for p in paths]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_init_is_a_docstring_and_nothing_else() -> None:
    wrong = []
    for path in sources():
        if path.name != "__init__.py":
            continue
        body = tree(path).body
        is_docstring = (
            len(body) == 1
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        )
        if not is_docstring:
            wrong.append(path)
    assert names(wrong) == []


def test_every_folder_with_modules_is_a_package() -> None:
    bare = {
        p.parent
        for p in sources()
        if not (p.parent / "__init__.py").exists() and "static" not in p.parts
    }
    assert names(sorted(bare)) == []


def test_every_module_imports_alone() -> None:
    modules = [
        module_name(p) for p in sources() if p.name != "__main__.py" and "static" not in p.parts
    ]
    script = Path(__file__).with_name("import_alone.py")
    command = [sys.executable, "-P", "-W", "ignore", str(script), *modules]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_has_a_vague_name() -> None:
    assert names([p for p in sources() if p.name in VAGUE]) == []


def test_templates_mirror_the_packages() -> None:
    wrong = []
    for path in TEMPLATES.rglob("*"):
        if path.is_dir():
            continue
        folder = path.parent.relative_to(TEMPLATES)
        top = folder.parts[0] if folder.parts else ""
        room = ROOT.joinpath(*[part for part in folder.parts if part != "pdf"])
        if top not in OWN_TEMPLATE_FOLDERS and not (room / "__init__.py").exists():
            wrong.append(path)
    assert names(wrong) == []


def test_templates_have_no_style_but_a_computed_one() -> None:
    wrong = []
    for path in TEMPLATES.rglob("*.html"):
        if path.parent.name == "pdf":
            continue  # papers are not pages: they carry their own sheet
        for style in re.findall(r"\bstyle=\"([^\"]*)\"|\bstyle='([^']*)'", path.read_text("utf-8")):
            for one in (part.strip() for part in "".join(style).split(";")):
                if one and not COMPUTED_STYLE.match(one):
                    wrong.append(f"{path.relative_to(ROOT)}: {one}")
    assert wrong == []


def test_only_the_transaction_commits() -> None:
    wrong = []
    for path in sources():
        if path.relative_to(ROOT) == Path("service_app/core/db.py"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if node.func.attr in ("commit", "rollback") and "session" in owner:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_rules_and_services_do_not_read_the_clock() -> None:
    wrong = []
    for path in sources():
        if path.name not in WITHOUT_CLOCK:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called.endswith((".now", ".utcnow", ".today")) or called == "now":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_imported_inside_a_function(package: str) -> None:
    wrong = []
    for path in (ROOT / package).rglob("*.py"):
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [
                    n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)
                ]
                wrong += [f"{path.relative_to(ROOT)}:{node.lineno}" for node in inside]
    assert wrong == []
