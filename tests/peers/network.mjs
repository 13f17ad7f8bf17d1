// Where the running localnet is, and what every suite needs of it. No library under test is used here.
export const rpcUrl = process.env.DEPIN_RPC_URL ?? 'http://127.0.0.1:8545';
export const wsUrl = process.env.DEPIN_WS_URL ?? rpcUrl.replace(/^http/, 'ws');
export const mnemonic = 'test test test test test test test test test test test junk';
export const stakingAddress = '0x0000000000000000000000000000000000001001';

let id = 0;
export async function rpcRaw(body, headers = { 'content-type': 'application/json' }) {
  const response = await fetch(rpcUrl, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}
export async function rpc(method, ...params) {
  const { text } = await rpcRaw({ jsonrpc: '2.0', id: ++id, method, params });
  const answer = JSON.parse(text);
  if (answer.error) throw Object.assign(new Error(`${method}: ${answer.error.message}`), answer.error);
  return answer.result;
}
export async function moduleAbi(name) {
  const module = (await rpc('depin_getModules')).find((m) => m.name.toLowerCase() === name.toLowerCase());
  if (!module) throw new Error(`the node has no module '${name}'`);
  return { address: module.address, abi: typeof module.abi === 'string' ? JSON.parse(module.abi) : module.abi };
}
export async function firstValidator() {
  const { address, abi } = await moduleAbi('Staking');
  return { address, abi };
}
export async function waitForBlocks(count) {
  const start = BigInt(await rpc('eth_blockNumber'));
  for (let i = 0; i < 600; i++) {
    if (BigInt(await rpc('eth_blockNumber')) >= start + BigInt(count)) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`no ${count} blocks in 30 s after block ${start}`);
}
