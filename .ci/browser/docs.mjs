// Opens /docs in headless Chromium with every other host refused, presses "Execute" on the operation that
// lists articles, as it is filled in, and expects the server's answer in the page.
// Usage: node docs.mjs http://127.0.0.1:PORT [screenshot.png]
import { chromium } from "playwright-core";

const [base, screenshot] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const failures = [];

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:") && !url.startsWith("blob:")) {
      failures.push(`asks the network for ${url}`);
    }
  });
  page.on("console", (message) => {
    if (message.type() === "error") failures.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => failures.push(`script: ${error.message}`));

  // `/` leads to the docs.
  await page.goto(`${base}/`, { waitUntil: "networkidle" });
  if (!new URL(page.url()).pathname.startsWith("/docs")) failures.push(`/ led to ${page.url()}`);

  const operation = page.locator(".opblock", {
    has: page.locator('.opblock-summary-path[data-path="/api/v1/articles"]'),
  }).first();
  await operation.locator(".opblock-summary-control").click();
  const answer = page.waitForResponse((response) => response.url().includes("/api/v1/articles"));
  await operation.locator(".execute").click();
  const response = await answer;
  if (response.status() !== 200) failures.push(`try it: ${response.status()} from ${response.url()}`);
  const shown = operation.locator(".live-responses-table .highlight-code").first();
  await shown.waitFor({ timeout: 10_000 });
  if (!(await shown.innerText()).includes('"items"')) failures.push("try it: the answer is not shown");

  if (screenshot) await page.screenshot({ path: screenshot });
} finally {
  await browser.close();
}

for (const failure of failures) console.error(`docs: ${failure}`);
console.log(failures.length === 0 ? "docs: the page works without the network, and try it answers" : "docs: FAILED");
process.exit(failures.length === 0 ? 0 : 1);
