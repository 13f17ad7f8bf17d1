import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPublicClient, createWalletClient, defineChain, http, webSocket, parseEther, parseGwei, decodeErrorResult, BaseError } from 'viem';
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { mnemonic, moduleAbi, rpc, rpcUrl, waitForBlocks, wsUrl } from '../network.mjs';

const chain = defineChain({
  id: Number(await rpc('eth_chainId')), name: 'DePinChain localnet', nativeCurrency: { name: 'DPN', symbol: 'DPN', decimals: 18 },
  rpcUrls: { default: { http: [rpcUrl], webSocket: [wsUrl] } },
  contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } },
});
const client = createPublicClient({ chain, transport: http(), pollingInterval: 100 });
const account = (addressIndex) => mnemonicToAccount(mnemonic, { addressIndex });
const wallet = (index) => createWalletClient({ account: account(index), chain, transport: http() });
const fresh = () => privateKeyToAccount(generatePrivateKey()).address;

test('viem: EIP-1559 transfer with its own fee estimate', async () => {
  const to = fresh();
  const hash = await wallet(10 % 10).sendTransaction({ to, value: parseEther('0.25') });
  const receipt = await client.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  assert.equal(receipt.type, 'eip1559');
  assert.equal(await client.getBalance({ address: to }), parseEther('0.25'));
});

test('viem: legacy transfer', async () => {
  const to = fresh();
  const hash = await wallet(1).sendTransaction({ to, value: 5n, type: 'legacy', gasPrice: parseGwei('4') });
  assert.equal((await client.waitForTransactionReceipt({ hash })).type, 'legacy');
});

test('viem: fee history and estimates', async () => {
  const history = await client.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] });
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  assert.equal(history.reward.length, history.gasUsedRatio.length);
  const fees = await client.estimateFeesPerGas();
  assert.ok(fees.maxFeePerGas >= parseGwei('1'));
  assert.equal(await client.estimateGas({ account: account(0), to: fresh(), value: 1n }), 21000n);
});

test('viem: block with transactions, the system transaction included', async () => {
  await waitForBlocks(1);
  const block = await client.getBlock({ includeTransactions: true });
  assert.equal(block.transactions[0].from, '0xfffffffffffffffffffffffffffffffffffffffe');
  assert.equal(block.transactions[0].gasPrice, 0n);
  const receipt = await client.getTransactionReceipt({ hash: block.transactions[0].hash });
  assert.equal(receipt.status, 'success');
  assert.equal(receipt.gasUsed, 0n);
  assert.ok(receipt.logs.length >= 1);
});

test('viem: multicall reads balances and views in one call', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const results = await client.multicall({ contracts: [
    { address, abi, functionName: 'totalBonded' },
    { address, abi, functionName: 'epochInfo' },
    { address, abi, functionName: 'pendingRewards', args: [fresh(), fresh()] },
  ] });
  assert.equal(results[0].status, 'success');
  assert.ok(results[0].result > 0n);
  assert.equal(results[1].status, 'success');
});

test('viem: writeContract delegates and simulateContract decodes the refusal', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const validators = await client.readContract({ address, abi, functionName: 'getValidators', args: [0, 0n, 10n] }).catch(() =>
    client.readContract({ address, abi, functionName: 'getValidators', args: [1, 0n, 10n] }));
  const first = Array.isArray(validators[0]) ? validators[0][0] : validators[0];
  const validator = first.validator ?? first.operator ?? first.address ?? first;
  const hash = await wallet(2).writeContract({ address, abi, functionName: 'delegate', args: [validator], value: parseEther('10') });
  assert.equal((await client.waitForTransactionReceipt({ hash })).status, 'success');
  await assert.rejects(client.simulateContract({ account: account(2), address, abi, functionName: 'delegate', args: [fresh()], value: parseEther('1') }), (error) => {
    const reverted = error instanceof BaseError && error.walk((e) => e.name === 'ContractFunctionRevertedError');
    assert.ok(reverted?.data?.errorName, `not decoded: ${error.message}`);
    assert.equal(decodeErrorResult({ abi, data: reverted.raw }).errorName, reverted.data.errorName);
    return true;
  });
});

test('viem: logs by event, block watch over WebSocket', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const head = await client.getBlockNumber();
  const logs = await client.getContractEvents({ address, abi, fromBlock: head > 50n ? head - 50n : 0n });
  assert.ok(Array.isArray(logs));
  const socket = createPublicClient({ chain, transport: webSocket(wsUrl) });
  const block = await new Promise((resolve, reject) => {
    const stop = socket.watchBlocks({ onBlock: (b) => { stop(); resolve(b); }, onError: reject });
  });
  assert.ok(block.number > 0n);
  (await socket.transport.getRpcClient()).close();
});

test('viem: getProof answers for a present and an absent account', async () => {
  const present = await client.getProof({ address: account(0).address, storageKeys: [], blockTag: 'latest' });
  assert.ok(present.accountProof.length >= 1);
  assert.ok(present.balance > 0n);
  const absent = await client.getProof({ address: fresh(), storageKeys: [] });
  assert.equal(absent.balance, 0n);
  assert.equal(absent.codeHash, '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
});

test('viem: code, storage and filters', async () => {
  const { address } = await moduleAbi('Staking');
  assert.equal(await client.getCode({ address }), '0x60006000fd');
  assert.equal(await client.getCode({ address: fresh() }), undefined);
  const filter = await client.createBlockFilter();
  await waitForBlocks(2);
  assert.ok((await client.getFilterChanges({ filter })).length >= 2);
  assert.equal(await client.uninstallFilter({ filter }), true);
});
