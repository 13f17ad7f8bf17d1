// visit.mjs BASE TRANSACTION LEASE: as somebody who follows the banner's link: what is mine, by clicks alone and by one search. The first
// line says when the largest thing of each page was drawn; then what is wrong, or "nothing found".
import { execSync } from "node:child_process";
import { chromium } from "playwright-core";

const [, , base, transaction, lease] = process.argv;
const patience = 60_000;
const clicksMax = 3;
const found = [];
const browser = await chromium.launch({ executablePath: execSync("command -v chromium").toString().trim(), args: ["--no-sandbox"] });
const context = await browser.newContext();
const page = await context.newPage();
page.setDefaultTimeout(patience);
page.on("console", (message) => { if (["error", "warning"].includes(message.type())) found.push(`${page.url()}: ${message.text()}`); });
page.on("request", (request) => { if (!request.url().startsWith(base)) found.push(`a request to ${request.url()}`); });
const path = () => new URL(page.url()).pathname;

// A click on a link that a person can see; a list that grows meanwhile moves it, so it is asked for by where it leads.
async function walk(what, ...links) {
  if (links.length > clicksMax) found.push(`${what}: ${links.length} clicks`);
  await page.goto(base + "/");
  for (const link of links) {
    await Promise.all([page.waitForURL(`**${link}`), page.locator(`a[href="${link}"]`).first().click()])
      .catch((wrong) => found.push(`${what}: no way to ${link} on ${path()}: ${wrong.message.split("\n")[0]}`));
  }
  if (path() !== links.at(-1)) found.push(`${what}: the clicks led to ${path()}`);
}

async function search(question, wanted) {
  await page.goto(base + "/");
  await page.locator("input[name=q]").fill(question);
  await Promise.all([page.waitForURL((url) => url.pathname !== "/"), page.keyboard.press("Enter")]);
  if (path() !== wanted) found.push(`a search for ${question} led to ${path()}`);
}

await walk("my transaction", "/txs", `/tx/${transaction}`);
await walk("my deal", "/storage", "/deal/1");
await walk("my lease", "/compute", `/lease/${lease}`);
await walk("my subnet", "/subnets", "/subnet/1");
await search(transaction, `/tx/${transaction}`);
await search("deal 1", "/deal/1");
await search(lease, `/lease/${lease}`);
await search("subnet 1", "/subnet/1");
await search("text of tests", "/subnet/1");

// Largest Contentful Paint of a first visit: nothing cached, the middle of three.
async function painted(route) {
  const times = [];
  for (let i = 0; i < 3; i++) {
    const first = await browser.newContext();
    const fresh = await first.newPage();
    await fresh.goto(base + route, { waitUntil: "load" });
    times.push(await fresh.evaluate(() => new Promise((tell) => {
      new PerformanceObserver((list) => tell(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
    })));
    await first.close();
  }
  return times.sort((a, b) => a - b)[1];
}

const paints = [];
for (const route of ["/", "/blocks", "/subnet/1"]) paints.push(`${route} ${Math.round(await painted(route))} ms`);
await browser.close();
console.log(`largest contentful paint: ${paints.join(", ")}`);
console.log(found.length === 0 ? "nothing found" : found.join("\n"));
