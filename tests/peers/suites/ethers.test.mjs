import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Contract, HDNodeWallet, JsonRpcProvider, WebSocketProvider, Transaction, parseEther, parseUnits, id as topicOf } from 'ethers';
import { mnemonic, moduleAbi, rpc, rpcUrl, waitForBlocks, wsUrl } from '../network.mjs';

const provider = new JsonRpcProvider(rpcUrl, undefined, { pollingInterval: 100 });
const wallet = (index) => HDNodeWallet.fromPhrase(mnemonic, undefined, `m/44'/60'/0'/0/${index}`).connect(provider);
const fresh = () => HDNodeWallet.createRandom().address;
after(() => provider.destroy());

test('ethers: connects and learns the chain id', async () => {
  const network = await provider.getNetwork();
  assert.equal(network.chainId, BigInt(await rpc('eth_chainId')));
  assert.equal(String(network.chainId), await rpc('net_version'));
});

test('ethers: a funded account of the well-known mnemonic', async () => {
  assert.ok((await provider.getBalance(wallet(9).address)) > parseEther('9000'));
});

test('ethers: an EIP-1559 transfer moves the value and costs exactly gas times price', async () => {
  const from = wallet(0), to = fresh();
  const before = await provider.getBalance(from.address);
  const sent = await from.sendTransaction({ to, value: parseEther('1.5') });
  const receipt = await sent.wait();
  assert.equal(receipt.status, 1);
  assert.equal(receipt.gasUsed, 21000n);
  assert.equal(await provider.getBalance(to), parseEther('1.5'));
  assert.equal(await provider.getBalance(from.address), before - parseEther('1.5') - receipt.gasUsed * receipt.gasPrice);
  const mined = await provider.getTransaction(sent.hash);
  assert.equal(mined.type, 2);
  assert.equal(mined.blockNumber, receipt.blockNumber);
  assert.equal(mined.from, from.address);
});

test('ethers: a legacy and an access-list transfer', async () => {
  for (const type of [0, 1]) {
    const to = fresh();
    const receipt = await (await wallet(1).sendTransaction({ to, value: 7n, type, gasPrice: parseUnits('3', 'gwei') })).wait();
    assert.equal(receipt.status, 1);
    assert.equal(receipt.type, type);
    assert.equal(await provider.getBalance(to), 7n);
  }
});

test('ethers: fee data has a base fee of at least one gwei', async () => {
  const fees = await provider.getFeeData();
  assert.ok(fees.maxFeePerGas >= parseUnits('1', 'gwei'));
  assert.ok(fees.maxPriorityFeePerGas >= 0n);
  assert.ok(fees.gasPrice >= parseUnits('1', 'gwei'));
});

test('ethers: gas of a plain transfer is estimated as 21000', async () => {
  assert.equal(await provider.estimateGas({ from: wallet(0).address, to: fresh(), value: 1n }), 21000n);
});

test('ethers: a block with its transactions, by number, hash and tag', async () => {
  const receipt = await (await wallet(2).sendTransaction({ to: fresh(), value: 1n })).wait();
  const block = await provider.getBlock(receipt.blockNumber, true);
  assert.equal(block.hash, receipt.blockHash);
  assert.ok(block.prefetchedTransactions.some((t) => t.hash === receipt.hash));
  assert.equal((await provider.getBlock(receipt.blockHash)).number, receipt.blockNumber);
  assert.ok((await provider.getBlock('finalized')).number >= receipt.blockNumber);
  assert.ok((await provider.getBlock('safe')).number >= receipt.blockNumber);
  assert.equal(await provider.getBlock(10_000_000), null);
});

test('ethers: nonce errors carry the codes ethers matches', async () => {
  const from = wallet(3);
  await (await from.sendTransaction({ to: fresh(), value: 1n })).wait();
  await assert.rejects(from.sendTransaction({ to: fresh(), value: 1n, nonce: 0 }), { code: 'NONCE_EXPIRED' });
});

test('ethers: too little money is INSUFFICIENT_FUNDS', async () => {
  const poor = HDNodeWallet.createRandom().connect(provider);
  await assert.rejects(poor.sendTransaction({ to: fresh(), value: parseEther('1'), gasLimit: 21000n }), { code: 'INSUFFICIENT_FUNDS' });
});

test('ethers: a replacement below +10 % is REPLACEMENT_UNDERPRICED', async () => {
  const from = wallet(4);
  const nonce = (await provider.getTransactionCount(from.address)) + 1; // a gap keeps it waiting
  const fields = { to: fresh(), value: 1n, nonce, gasLimit: 21000n, maxFeePerGas: parseUnits('5', 'gwei'), maxPriorityFeePerGas: parseUnits('1', 'gwei') };
  await from.sendTransaction(fields);
  await assert.rejects(from.sendTransaction({ ...fields, value: 2n, maxFeePerGas: parseUnits('5', 'gwei') + 1n }), { code: 'REPLACEMENT_UNDERPRICED' });
  await (await from.sendTransaction({ ...fields, value: 3n, maxFeePerGas: parseUnits('6', 'gwei'), maxPriorityFeePerGas: parseUnits('1.2', 'gwei') }));
  await (await from.sendTransaction({ to: fresh(), value: 1n, nonce: nonce - 1 })).wait();
  await waitForBlocks(2);
  assert.equal(await provider.getTransactionCount(from.address), nonce + 1);
});

test('ethers: delegation through the Staking ABI, its event, its view and its reward', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const delegator = wallet(5);
  const staking = new Contract(address, abi, delegator);
  const validator = await someValidator(staking);
  const receipt = await (await staking.delegate(validator, { value: parseEther('100') })).wait();
  assert.equal(receipt.status, 1);
  const delegated = receipt.logs.map((l) => staking.interface.parseLog(l)).find((l) => l?.name === 'Delegated');
  assert.equal(delegated.args.delegator, delegator.address);
  assert.equal(delegated.args.validator, validator);
  assert.equal(delegated.args.amount, parseEther('100'));
  const [log] = await staking.queryFilter(staking.filters.Delegated(delegator.address), receipt.blockNumber, receipt.blockNumber);
  assert.equal(log.transactionHash, receipt.hash);
  await waitForBlocks(3);
  assert.ok((await staking.pendingRewards(delegator.address, validator)) > 0n);
});

test('ethers: a refused call is decoded as the module\'s custom error', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const staking = new Contract(address, abi, wallet(6));
  await assert.rejects(staking.delegate.staticCall(fresh(), { value: parseEther('1') }), (error) => {
    assert.equal(error.code, 'CALL_EXCEPTION');
    assert.ok(error.revert?.name, `the revert was not decoded: ${error.message}`);
    return true;
  });
  await assert.rejects(staking.delegate(fresh(), { value: parseEther('1') }), { code: 'CALL_EXCEPTION' });
});

test('ethers: a reverted transaction is in a block with status 0 and keeps its value', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const from = wallet(6);
  const staking = new Contract(address, abi, from);
  const before = await provider.getBalance(from.address);
  const sent = await staking.delegate(fresh(), { value: parseEther('5'), gasLimit: 500_000n });
  await assert.rejects(sent.wait(), { code: 'CALL_EXCEPTION' });
  const receipt = await provider.getTransactionReceipt(sent.hash);
  assert.equal(receipt.status, 0);
  assert.equal(await provider.getBalance(from.address), before - receipt.gasUsed * receipt.gasPrice);
});

test('ethers: WebSocket heads and logs arrive', async () => {
  const socket = new WebSocketProvider(wsUrl);
  try {
    const { address, abi } = await moduleAbi('Staking');
    const staking = new Contract(address, abi, wallet(7));
    const validator = await someValidator(staking);
    const heads = [];
    await socket.on('block', (n) => heads.push(n));
    const seen = new Promise((resolve) => socket.on({ address, topics: [topicOf('Delegated(address,address,uint256,uint256)')] }, resolve));
    await new Promise((r) => setTimeout(r, 200));
    const receipt = await (await staking.delegate(validator, { value: parseEther('1') })).wait();
    const log = await seen;
    assert.equal(log.transactionHash, receipt.hash);
    await waitForBlocks(2);
    assert.ok(heads.length >= 1);
  } finally {
    await socket.destroy();
  }
});

test('ethers: a transaction of another chain, a broken one and an unknown hash', async () => {
  const raw = await wallet(8).signTransaction({ to: fresh(), value: 1n, nonce: 0, gasLimit: 21000n, gasPrice: parseUnits('2', 'gwei'), type: 0, chainId: 1 });
  await assert.rejects(rpc('eth_sendRawTransaction', raw), /chain/i);
  await assert.rejects(rpc('eth_sendRawTransaction', raw + '00'));
  await assert.rejects(rpc('eth_sendRawTransaction', '0x02c0'));
  assert.equal(await provider.getTransaction('0x' + '11'.repeat(32)), null);
  assert.equal(await provider.getTransactionReceipt('0x' + '11'.repeat(32)), null);
});

test('ethers: the raw transaction that the node returns re-encodes to the same hash', async () => {
  const sent = await wallet(8).sendTransaction({ to: fresh(), value: 9n });
  await sent.wait();
  const raw = await rpc('eth_getRawTransactionByHash', sent.hash);
  assert.equal(Transaction.from(raw).hash, sent.hash);
});

async function someValidator(staking) {
  const list = await staking.getValidators(0, 0, 10).catch(async () => staking.getValidators(1, 0, 10));
  const first = list[0]?.[0] ?? list[0];
  return typeof first === 'string' ? first : first[0];
}
