// Shows comments full of hostile markup to a browser, as a page would that trusts the API: the HTML as
// HTML, names as text. Nothing of it may run, load or leave the page.
// Usage: node comments.mjs http://127.0.0.1:PORT MODERATORS_KEY ARTICLE markup.json BROADSHEET
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [base, key, article, file, broadsheet] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const failures = [];
const { vectors, around } = JSON.parse(readFileSync(file, "utf8"));
const payloads = around.flatMap((text) => vectors.map((vector) => text.replaceAll("{}", vector)));

async function call(method, path, body, headers = {}) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { ...(body && { "content-type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, json: await response.json().catch(() => ({})) };
}

// Every way in: posted, changed by its author, changed by a moderator, imported.
const moderator = { authorization: `Bearer ${key}` };
const post = (body, author_name) => call("POST", `/articles/${article}/comments`, { body, author_name });
let posted = 0;
for (const payload of payloads) {
  const made = await post(payload, [...payload].length <= 60 && !payload.includes("\n") ? payload.trim() : "Max");
  if (made.status === 201) posted += 1;
  const { json: { id, edit_token } } = await post("Hello.", "Max");
  await call("PATCH", `/comments/${id}`, { body: payload }, { "x-edit-token": edit_token });
  const { json: { id: other } } = await post("Hello.", "Max");
  await call("PATCH", `/manage/comments/${other}`, { body: payload }, { ...moderator, "if-match": '"1"' });
}
const at = new Date().toISOString();
const lines = payloads.map((payload, index) => ({
  id: `cmt_${(index + 1).toString().padStart(13, "0")}`, article: { id: article, slug: "x" }, parent_id: null, in_reply_to_id: null,
  author: { kind: "guest", name: payload, user_id: null }, source: payload, html: payload, status: "published",
  votes: { up: 0, down: 0, by: [] }, pinned: false, featured: false, ordinal: index + 1, created_at: at, edited_at: null,
}));
lines.unshift({ format: "broadsheet-comments", version: 1, exported_at: at });
writeFileSync("markup.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
execFileSync(broadsheet, ["import", "comments", "markup.jsonl"], { stdio: ["ignore", "ignore", "inherit"] });
const comments = [];
for (let cursor = ""; cursor !== null;) {
  const page = await call("GET", `/comments?limit=100${cursor && `&cursor=${cursor}`}`);
  comments.push(...page.json.items);
  cursor = page.json.next_cursor;
}
if (posted < 400 || comments.length < 3 * posted + payloads.length) failures.push(`only ${posted} of ${payloads.length} were posted, ${comments.length} are there`);

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  page.on("dialog", (dialog) => { failures.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => failures.push(`script: ${error.message}`));
  page.on("popup", () => failures.push("a window was opened"));
  // The answers themselves are nothing that a browser would run.
  await page.goto(`${base}/api/v1/comments?limit=100`);
  await page.route("**/*", (route) => { failures.push(`asks for ${route.request().url()}`); route.abort(); });
  await page.goto("about:blank");
  const strange = await page.evaluate((all) => {
    const strange = [];
    window.ran = () => strange.push("a script ran");
    for (const name of ["alert", "prompt", "confirm", "print", "open", "eval"]) window[name] = window.ran;
    const allowed = { a: ["href", "rel"], ol: ["start"], blockquote: [], br: [], code: [], del: [], em: [], li: [], p: [], pre: [], strong: [], ul: [] };
    for (const comment of all) {
      const place = document.createElement("article");
      document.body.append(place);
      place.innerHTML = comment.body.html;
      const name = document.createElement("b");
      name.textContent = comment.author.name;
      place.append(name);
      for (const element of place.querySelectorAll("*")) {
        if (element === name) continue;
        const attributes = allowed[element.localName];
        if (!attributes) strange.push(`<${element.localName}> of ${comment.id}`);
        for (const { name } of element.attributes) if (!attributes?.includes(name)) strange.push(`${name} on <${element.localName}> of ${comment.id}`);
        if (element.localName === "a" && element.hasAttribute("href") && !/^(https?|mailto):/.test(element.href)) strange.push(`${element.href} of ${comment.id}`);
        for (const event of ["click", "mouseover", "focus", "error", "load", "toggle"]) {
          const happening = new Event(event, { bubbles: true, cancelable: true });
          element.addEventListener(event, (event) => event.preventDefault());
          element.dispatchEvent(happening);
        }
      }
    }
    return strange;
  }, comments);
  failures.push(...strange);
  await page.waitForTimeout(500);
} finally {
  await browser.close();
}

for (const failure of failures.slice(0, 20)) console.error(`comments: ${failure}`);
console.log(failures.length === 0 ? `comments: ${comments.length} with hostile markup, and nothing of it ran` : `comments: ${failures.length} FAILED`);
process.exit(failures.length === 0 ? 0 : 1);
