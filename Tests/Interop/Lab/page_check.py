#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks pages of the portal in real Chromium: page_check.py FOLDER, which holds *.html as they were served, and portal.css.

The pages are served under the portal's strict content policy; a frame of 320 and of 1280 px holds each of them, light and dark, and a
probe looks at what was laid out: contrast of every visible text (4.5:1, large 3:1) and of every control's edge (3:1), sideways scrolling,
labels, order of headings, captions, order of focus, size of targets, duplicate ids, dead references,
violations of the policy, and the same once more with wider spacing and with texts 40 % longer. It also computes the contrast of
the token pairs in portal.css.
"""
import concurrent.futures, glob, html, http.server, json, os, re, subprocess, sys, tempfile, threading

HERE = os.path.abspath(sys.argv[1])
POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
          "base-uri 'none'; form-action 'self'; frame-ancestors 'self'")
PAIRS = [("ink", "bg", 4.5), ("ink", "sheet", 4.5), ("ink", "well", 4.5), ("soft", "bg", 4.5), ("soft", "sheet", 4.5),
         ("soft", "well", 4.5), ("accent", "bg", 4.5), ("accent", "sheet", 4.5), ("accent", "well", 4.5),
         ("accent", "wash", 4.5), ("on-accent", "accent", 4.5), ("ink", "wash", 4.5), ("good", "sheet", 4.5),
         ("good", "good-wash", 4.5), ("ink", "good-wash", 4.5), ("warn", "sheet", 4.5), ("warn", "warn-wash", 4.5),
         ("ink", "warn-wash", 4.5), ("bad", "sheet", 4.5), ("bad", "well", 4.5), ("bad", "bad-wash", 4.5),
         ("ink", "bad-wash", 4.5), ("on-bad", "bad", 4.5), ("idle", "idle-wash", 4.5), ("ink", "idle-wash", 4.5),
         ("edge", "sheet", 3), ("edge", "well", 3), ("edge", "bg", 3), ("bar", "sheet", 3), ("accent", "line", 3)]

PROBE = r"""
const frame = document.querySelector('iframe');
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
function rgba(text) {            // any CSS colour, color(srgb ...) too: let the browser paint it
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
  const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255];
}
const lin = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const lum = c => .2126 * lin(c[0]) + .7152 * lin(c[1]) + .0722 * lin(c[2]);
const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
const over = (top, under) => [0, 1, 2].map(k => top[k] * top[3] + under[k] * (1 - top[3])).concat(1);
frame.onload = () => {
  const w = frame.contentWindow, d = w.document, out = [];
  const say = (kind, text) => out.push(kind + ': ' + text.replace(/\s+/g, ' ').trim().slice(0, 150));
  const css = e => w.getComputedStyle(e);
  const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.getAttribute('class') ? '.' + e.getAttribute('class').split(' ').join('.') : '');
  const ground = e => { const stack = []; for (; e; e = e.parentElement) { const c = rgba(css(e).backgroundColor); stack.push(c); if (c[3] === 1) break; }
    return stack.reverse().reduce((under, c) => over(c, under), [255, 255, 255, 1]); };
  const hidden = e => { if (e.checkVisibility && !e.checkVisibility({ visibilityProperty: true })) return true;
    for (let p = e; p; p = p.parentElement) if (css(p).clipPath.startsWith('inset') || p.classList.contains('skip')) return true; return false; };
  for (const e of d.querySelectorAll('details')) e.open = true;   // what is folded away counts too
  // 1.4.10
  if (d.documentElement.scrollWidth > w.innerWidth) {
    say('scroll', d.documentElement.scrollWidth + ' px in ' + w.innerWidth);
    for (const e of d.querySelectorAll('main *')) if (e.getBoundingClientRect().right > w.innerWidth + 1 && !e.closest('.scroll,.pre,.vh')) { say('scroll', 'by ' + name(e)); break; }
  }
  // 1.4.3: every text node that is seen, wait and disabled excepted
  const walk = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT); let seen = 0;
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement; if (!walk.currentNode.data.trim() || hidden(e) || e.closest('.wait,[disabled]')) continue;
    const s = css(e), size = parseFloat(s.fontSize), big = size >= 24 || (size >= 18.66 && +s.fontWeight >= 700);
    const under = ground(e instanceof w.SVGElement ? e.closest('svg').parentElement : e), ink = rgba(e instanceof w.SVGElement ? s.fill : s.color), r = ratio(over(ink, under), under);
    seen++; if (r < (big ? 3 : 4.5)) say('contrast', r.toFixed(2) + ' ' + name(e) + ' "' + walk.currentNode.data + '"');
  }
  // 1.4.11: edges of fields and buttons
  for (const e of d.querySelectorAll('main input:not([type=checkbox]):not([type=radio]), main select, main textarea, main .btn:not(.primary):not(.sure):not([disabled])')) {
    if (hidden(e) || css(e).opacity === '0') continue; const under = ground(e.parentElement);
    if (ratio(over(rgba(css(e).borderTopColor), under), under) < 3) say('edge', name(e));
  }
  // 1.3.1, 4.1.2
  const ids = {}; for (const e of d.querySelectorAll('[id]')) { if (ids[e.id]) say('id twice', e.id); ids[e.id] = e; }
  for (const a of ['aria-labelledby', 'aria-describedby', 'for', 'form'])
    for (const e of d.querySelectorAll('[' + a + ']')) for (const id of e.getAttribute(a).split(' ')) if (!ids[id]) say('dead ' + a, id);
  for (const e of d.querySelectorAll('use')) if (!ids[e.getAttribute('href').slice(1)]) say('dead icon', e.getAttribute('href'));
  for (const e of d.querySelectorAll('input:not([type=hidden]), select, textarea')) if (!e.labels.length && !e.getAttribute('aria-label')) say('no label', name(e));
  for (const e of d.querySelectorAll('a[href], button')) if (!e.textContent.trim() && !e.getAttribute('aria-label')) say('no name', name(e));
  for (const e of d.querySelectorAll('svg')) if (e.getAttribute('aria-hidden') !== 'true' && !(e.getAttribute('role') === 'img' && e.getAttribute('aria-label'))) say('picture without words', name(e));
  for (const e of d.querySelectorAll('table')) { if (!e.caption || !e.caption.textContent.trim()) say('no caption', name(e));
    for (const h of e.querySelectorAll('th')) if (!h.scope) say('no scope', h.textContent); }
  for (const e of d.querySelectorAll('fieldset')) if (!e.querySelector('legend')) say('no legend', name(e));
  let level = 0; const heads = [...d.querySelectorAll('h1,h2,h3,h4')];
  if (heads.filter(h => h.tagName === 'H1').length !== 1) say('h1', 'there must be one');
  for (const h of heads) { const n = +h.tagName[1]; if (n > level + 1) say('heading', 'h' + level + ' then h' + n + ' "' + h.textContent + '"'); level = n; }
  if (!d.documentElement.lang) say('lang', 'missing'); if (!d.title) say('title', 'missing');
  for (const e of d.querySelectorAll('[style], style, script:not([src])')) say('inline', name(e));
  // 2.4.3 and 2.5.8
  const able = [...d.querySelectorAll('a[href], button:not([disabled]), input, select, textarea, summary, [tabindex="0"]')].filter(e => !hidden(e));
  if (!/^#main$/.test(d.querySelector('a[href]')?.getAttribute('href') || '')) say('focus', 'the first link must skip to the content');
  for (const e of d.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) say('focus', 'positive tabindex on ' + name(e));
  let last = null;
  for (const e of able.filter(e => e.closest('main'))) { const b = e.getBoundingClientRect();
    if (last && b.bottom < last.top - 4 && b.left <= last.left) say('focus', 'jumps up to ' + name(e) + ' "' + e.textContent + '"'); last = b;
    const inline = css(e).display === 'inline' || e.closest('p, td, th, dd, li');
    if (!inline && e.tagName !== 'INPUT' && (b.width < 24 || b.height < 24)) say('target', Math.round(b.width) + '×' + Math.round(b.height) + ' ' + name(e)); }
  // 1.4.12: more room between letters, words and lines must not cut text
  const more = new w.CSSStyleSheet(); more.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important} p{margin-bottom:2em!important}');
  d.adoptedStyleSheets = [more];
  for (const e of d.querySelectorAll('main .btn, main .badge, main th, main td, main p')) if (!hidden(e) && css(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1) say('spacing cuts', name(e));
  if (d.documentElement.scrollWidth > w.innerWidth) say('spacing', 'scrolls sideways');
  d.adoptedStyleSheets = [];
  // i18n: every text 40 % longer
  const grow = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT), nodes = []; while (grow.nextNode()) nodes.push(grow.currentNode);
  for (const n of nodes) if (/[a-z]{2}/i.test(n.data) && !n.parentElement.closest('svg, code, .pre, .mono, .codes, .num'))
    n.data = n.data.replace(/\p{L}{2,}/gu, t => t + 'äöüßé'.repeat(9).slice(0, Math.ceil(t.length * .4)));
  if (d.documentElement.scrollWidth > w.innerWidth) {
    say('40 % longer', 'scrolls sideways: ' + d.documentElement.scrollWidth + ' px');
    for (const e of d.querySelectorAll('body *')) if (e.getBoundingClientRect().right > w.innerWidth + 1 && !e.closest('.scroll,.pre,.vh')) { say('40 % longer', 'by ' + name(e)); break; }
  }
  const dark = rgba(css(d.body).backgroundColor)[0] < 128;
  document.body.textContent = 'PROBE' + JSON.stringify({ out, seen, able: able.length, dark }) + 'EBORP';
};
"""


class Server(http.server.SimpleHTTPRequestHandler):
    violations = []

    def __init__(self, *a): super().__init__(*a, directory=HERE)
    def log_message(self, *a): pass

    def do_GET(self):
        if not self.path.startswith("/~"): return super().do_GET()
        page, width = self.path[2:].split("@")
        body = (f"<!doctype html><meta charset=utf-8><body><iframe width={width} height=2400 src='/{page}'></iframe>"
                f"<script>{PROBE}</script>").encode()
        self.send_response(200); self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0)); report = json.loads(self.rfile.read(size) or "{}")
        report = report.get("csp-report", {})
        Server.violations.append(f"{report.get('document-uri')} {report.get('violated-directive')} {report.get('blocked-uri')}")
        self.send_response(204); self.end_headers()

    def end_headers(self):
        if not self.path.startswith("/~"): self.send_header("Content-Security-Policy", POLICY + "; report-uri /report")
        super().end_headers()


def probe(port, page, width, dark):
    with tempfile.TemporaryDirectory() as profile:
        run = subprocess.run([os.environ.get("CHROMIUM", "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                              f"--user-data-dir={profile}", f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                              "--window-size=1400,2500", "--virtual-time-budget=4000", "--dump-dom", f"http://127.0.0.1:{port}/~{page}@{width}"],
                             capture_output=True, text=True, timeout=90)
    found = re.search("PROBE(.*?)EBORP", run.stdout, re.S)
    return json.loads(html.unescape(found[1])) if found else {"out": ["probe: the page did not load"], "seen": 0, "able": 0, "dark": dark}


def tokens():
    text = open(f"{HERE}/portal.css").read()
    blocks = re.findall(r":root\s*\{(.*?)\}", text, re.S)[:2]
    light = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", blocks[0])); dark = {**light, **dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", blocks[1]))}

    def lum(value):
        value = value[1:] if len(value) == 7 else "".join(c * 2 for c in value[1:])
        parts = [int(value[k:k + 2], 16) / 255 for k in (0, 2, 4)]
        r, g, b = [v / 12.92 if v <= .04045 else ((v + .055) / 1.055) ** 2.4 for v in parts]
        return .2126 * r + .7152 * g + .0722 * b

    def ratio(a, b):
        x, y = sorted((lum(a), lum(b)), reverse=True); return (x + .05) / (y + .05)
    bad = 0
    for top, under, least in PAIRS:
        values = [ratio(t[top], t[under]) for t in (light, dark)]
        low = min(values) < least; bad += low
        print(f"  {'LOW ' if low else 'ok  '} {top:>9} on {under:<9} light {values[0]:5.2f}  dark {values[1]:5.2f}  needs {least}")
    return bad


def main():
    wrong = tokens()
    size = os.path.getsize(f"{HERE}/portal.css"); print(f"  portal.css {size} bytes of 28672"); wrong += size > 28672
    if re.search(r"@import|url\(|https?:", open(f"{HERE}/portal.css").read()): print("  portal.css reaches outside"); wrong += 1
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server); threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = [os.path.basename(p) for p in sorted(glob.glob(f"{HERE}/*.html"))]
    ways = [(page, width, dark) for page in pages for width, dark in ((320, False), (1280, False), (1280, True))]
    with concurrent.futures.ThreadPoolExecutor(2) as several:
        results = several.map(lambda way: probe(server.server_port, *way), ways)
        for (page, width, dark), result in zip(ways, results):
            out = result["out"]
            if result["dark"] != dark: out.append("scheme: not the one that was asked for")
            print(f"{'ok   ' if not out else 'WRONG'} {page:<20} {width:>4} px {'dark ' if dark else 'light'}  {result['seen']} texts, {result['able']} places to focus")
            for line in out: print("      ", line)
            wrong += len(out)
    for line in Server.violations: print("WRONG content policy:", line)
    wrong += len(Server.violations)
    print("Nothing is wrong." if not wrong else f"{wrong} things are wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
