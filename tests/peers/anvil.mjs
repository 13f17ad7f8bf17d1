import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { JsonRpcProvider } from 'ethers';

const program = new URL('./node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil', import.meta.url).pathname;

/** An Ethereum node of its own on a free port, with Prague's rules: EIP-7623's floor under the price of calldata is in force. */
export async function startAnvil() {
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => { const taken = server.address().port; server.close(() => resolve(taken)); });
  });
  const node = spawn(program, ['--port', String(port), '--silent', '--hardfork', 'prague'], { stdio: 'ignore' });
  const provider = new JsonRpcProvider(`http://127.0.0.1:${port}`, undefined, { pollingInterval: 20, cacheTimeout: -1 });
  for (let i = 0; ; i++) {
    try { await provider.send('eth_chainId', []); break; } catch (error) { if (i > 200) throw error; await new Promise((r) => setTimeout(r, 25)); }
  }
  return { provider, stop: () => { provider.destroy(); node.kill(); } };
}
