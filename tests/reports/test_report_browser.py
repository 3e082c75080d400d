"""In a real browser: nothing overflows at 390 px, and no chart's text is small, clipped or overlapping."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import samples

from reports.html import report_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--virtual-time-budget=4000",
    "--dump-dom",
]

# The reports run no script, so a page around them measures: a `srcdoc` frame shares its parent's origin.
HARNESS = """<!DOCTYPE html><meta charset="utf-8"><body>{frames}<script>
function measure(frame) {{
  const page = frame.contentDocument, root = page.documentElement, found = {{}};
  found.name = frame.id; found.overflow = root.scrollWidth - root.clientWidth;
  found.small = []; found.clipped = []; found.overlapping = []; found.texts = 0;
  for (const svg of page.querySelectorAll("svg")) {{
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    const scale = box.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll("text")].map(t => [t, t.getBoundingClientRect()]);
    found.texts += texts.length;
    texts.forEach(([t, b], i) => {{
      const size = parseFloat(page.defaultView.getComputedStyle(t).fontSize) * scale;
      if (size < 12) found.small.push(t.textContent);
      if (b.left < box.left - 2 || b.right > box.right + 2 ||
          b.top < box.top - 2 || b.bottom > box.bottom + 2)
        found.clipped.push(t.textContent);
      for (const [u, c] of texts.slice(i + 1))
        if (Math.min(b.right, c.right) - Math.max(b.left, c.left) > 1 &&
            Math.min(b.bottom, c.bottom) - Math.max(b.top, c.top) > 3)
          found.overlapping.push(t.textContent + " / " + u.textContent);
    }});
  }}
  return found;
}}
window.onload = () => {{
  const found = [...document.querySelectorAll("iframe")].map(measure);
  document.body.textContent = JSON.stringify(found);
}};
</script>"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What the browser sees of every sample, at 1280 and 390 px."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    folder: Path = tmp_path_factory.mktemp("browser")
    reports = {name: html.escape(report_html(night()).decode()) for name, night in samples.ALL.items()}
    frames = "".join(
        f'<iframe id="{name} {width}" width="{width}" height="900" srcdoc="{escaped}"></iframe>'
        for name, escaped in reports.items()
        for width in (1280, 390)
    )
    page = folder / "harness.html"
    page.write_text(HARNESS.format(frames=frames), encoding="utf-8")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    body = re.search(r"<body>(\[.*\])</body>", done.stdout, re.DOTALL)
    assert body, done.stderr[-2000:]
    return {str(found["name"]): found for found in json.loads(html.unescape(body[1]))}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", samples.ALL)
def test_nothing_overflows_and_every_label_can_be_read(
    name: str, width: int, measured: dict[str, dict[str, object]]
) -> None:
    found = measured[f"{name} {width}"]
    assert found["overflow"] == 0
    assert (found["texts"] == 0) == (name == "empty")
    assert found["small"] == []
    assert found["clipped"] == []
    assert found["overlapping"] == []
