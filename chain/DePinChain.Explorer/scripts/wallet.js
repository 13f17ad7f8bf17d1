// EIP-1193: the wallet in the browser signs and shows what it signs; this page only asks. There is no place for a key.
const wallet = window.ethereum;

const say = (place, text, link) => {
  place.replaceChildren(document.createTextNode(text));
  if (!link) return;
  const anchor = document.createElement("a");
  anchor.href = link;
  anchor.textContent = " " + link;
  place.append(anchor);
};

const add = document.getElementById("add-network");
if (add && wallet) {
  const place = document.getElementById("wallet-says");
  say(place, "");
  add.disabled = false;
  add.addEventListener("click", async () => {
    try {
      await wallet.request({
        method: "wallet_addEthereumChain",
        params: [{
          chainId: add.dataset.chain,
          chainName: add.dataset.name,
          nativeCurrency: { name: "DPN", symbol: "DPN", decimals: 18 },
          rpcUrls: [add.dataset.rpc.replace(/\/$/, "")],
          blockExplorerUrls: [location.origin],
        }],
      });
      say(place, "Done.");
    } catch (refused) {
      say(place, `The wallet said: ${refused.message}`);
    }
  });
}

for (const form of document.querySelectorAll("form[data-abi]")) {
  const button = form.querySelector("button.wallet");
  if (!button || !wallet) continue;
  button.disabled = false;
  const place = document.createElement("p");
  place.setAttribute("role", "status");
  form.append(place);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const query = new URLSearchParams(new FormData(form));
      const answer = await fetch(`/api/v1/encode?module=${form.dataset.module}&${query}`);
      const encoded = await answer.json();
      if (!answer.ok) throw new Error(encoded.problem);
      const [from] = await wallet.request({ method: "eth_requestAccounts" });
      const hash = await wallet.request({
        method: "eth_sendTransaction",
        params: [{ from, to: form.dataset.module, data: encoded.data, value: encoded.value }],
      });
      say(place, "Sent:", `/tx/${hash}`);
    } catch (refused) {
      say(place, refused.message);
    }
  });
}
