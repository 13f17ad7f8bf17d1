// proof.mjs BASE PAGE…: has each page check its proof in the browser, then once more with a byte of the file changed, which must be
// refused. Prints what is wrong, or "nothing found".
import { execSync } from "node:child_process";
import { chromium } from "playwright-core";

const [, , base, ...pages] = process.argv;
const found = [];
const browser = await chromium.launch({ executablePath: execSync("command -v chromium").toString().trim(), args: ["--no-sandbox"] });
const patience = { timeout: 60_000 };

async function verdictOf(page) {
  if (await page.locator("script[src*='proof.js']").count() === 0) return "the site was built without its scripts";
  await page.locator("#proof button").click(patience);
  await page.locator("#proof .verdict p").first().waitFor(patience);
  return page.locator("#proof .verdict").innerText();
}

// What a lying site would change: a digit of a seal, of a trie's node, of the header.
const lies = {
  seal: (file) => { file.lightBlock.commit.seals[0] = file.lightBlock.commit.seals[0].replace(/.{4}$/, "0100"); },
  node: (file) => { const nodes = file.proof.accountProof; nodes[nodes.length - 1] = nodes.at(-1).replace(/.$/, (last) => (last === "0" ? "1" : "0")); },
  header: (file) => { file.lightBlock.header = file.lightBlock.header.replace(/.$/, (last) => (last === "0" ? "1" : "0")); },
};

for (const route of pages) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) found.push(`${route}: ${message.text()}`); });
  page.on("request", (request) => { if (!request.url().startsWith(base)) found.push(`${route}: a request to ${request.url()}`); });
  await page.goto(base + route, { waitUntil: "load" });
  const said = await verdictOf(page);
  if (!said.startsWith("Proven")) found.push(`${route}: ${said}`);
  await context.close();
}

for (const [name, tell] of Object.entries(lies)) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/api/v1/proof/**", async (route) => {
    const file = await (await route.fetch()).json();
    tell(file);
    await route.fulfill({ json: file });
  });
  await page.goto(base + pages[0], { waitUntil: "load" });
  const said = await verdictOf(page);
  if (!said.startsWith("Not proven")) found.push(`a changed ${name} was believed: ${said}`);
  await context.close();
}

await browser.close();
console.log(found.length === 0 ? "nothing found" : found.join("\n"));
