// walk.mjs BASE TRANSACTION LEASE VALIDATOR: every route in three ways; prints what is wrong, or "nothing found".
// DEPIN_SHOTS=FOLDER keeps a picture of each, to be looked at.
import { readFileSync } from "node:fs";
import { execSync } from "node:child_process";
import { chromium } from "playwright-core";

const [, , base, transaction, lease, validator] = process.argv;
const routes = [
  "/", "/blocks", "/block/3", "/txs", `/tx/${transaction}`, `/address/${validator}`, "/validators", `/validator/${validator}`, "/storage",
  "/storage/providers/1", "/compute", "/subnets", "/workers", "/governance", "/proposal/1", "/render", "/economy", "/modules", "/module/staking",
  "/network", "/errors", "/api", "/add-network",
  "/deal/1", `/lease/${lease}`, "/subnet/1", "/cluster/1", "/job/1", "/faucet", "/status", "/events", "/search?q=delegate",
];
const ways = [
  { name: "light", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 360, height: 780 }, colorScheme: "light" },
];
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const found = [];
const browser = await chromium.launch({ executablePath: execSync("command -v chromium").toString().trim(), args: ["--no-sandbox"] });
for (const { name, ...way } of ways) {
  const context = await browser.newContext(way);
  const page = await context.newPage();
  page.on("console", message => { if (["error", "warning"].includes(message.type())) found.push(`${name} ${page.url()}: ${message.text()}`); });
  page.on("pageerror", error => found.push(`${name} ${page.url()}: ${error.message}`));
  page.on("request", request => { if (!request.url().startsWith(base)) found.push(`${name}: a request to ${request.url()}`); });
  for (const route of routes) {
    const answer = await page.goto(base + route, { waitUntil: "load" });
    if (answer.status() !== 200) found.push(`${name} ${route}: ${answer.status()}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) found.push(`${name} ${route}: ${over} pixels too wide`);
    if (process.env.DEPIN_SHOTS) {
      const picture = `${route.slice(0, 24).replaceAll(/[^a-z0-9]+/gi, "-")}-${name}.png`;
      await page.screenshot({ path: `${process.env.DEPIN_SHOTS}/${picture}`, fullPage: true });
    }

    // The page's own policy forbids foreign scripts; the debugger's world is not bound by it.
    const session = await context.newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] };
    const { result } = await session.send("Runtime.evaluate", {
      expression: `axe.run(document, ${JSON.stringify(rules)}).then(r => JSON.stringify(r.violations.map(v => v.id + " " + v.nodes[0].html)))`,
      awaitPromise: true,
    });
    for (const violation of JSON.parse(result.value ?? "[\"axe did not run\"]")) found.push(`${name} ${route}: ${violation}`);
  }
  await context.close();
}

// By keyboard alone: the first stop skips to the content, and the search is reached and used.
const context = await browser.newContext();
const page = await context.newPage();
await page.goto(base + "/blocks");
await page.keyboard.press("Tab");
if (!(await page.evaluate(() => document.activeElement.classList.contains("skip")))) found.push("keyboard: the first stop is not the skip link");
await page.keyboard.press("Tab");
await page.keyboard.press("Tab");
await page.keyboard.type("3");
await page.keyboard.press("Enter");
await page.waitForURL("**/block/3").catch(() => found.push(`keyboard: the search for 3 led to ${page.url()}`));
await browser.close();
console.log(found.length === 0 ? "nothing found" : found.join("\n"));
