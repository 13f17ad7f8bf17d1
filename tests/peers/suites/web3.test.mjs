import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Web3 } from 'web3';
import { mnemonicToAccount } from 'viem/accounts';
import { mnemonic, moduleAbi, rpcUrl, waitForBlocks, wsUrl } from '../network.mjs';

const web3 = new Web3(rpcUrl);
web3.eth.transactionPollingInterval = 100;
const key = (addressIndex) => '0x' + Buffer.from(mnemonicToAccount(mnemonic, { addressIndex }).getHdKey().privateKey).toString('hex');
const account = (index) => web3.eth.accounts.wallet.add(key(index))[0] ?? web3.eth.accounts.privateKeyToAccount(key(index));
const fresh = () => web3.eth.accounts.create().address;

test('web3: balances, chain id and gas price', async () => {
  assert.equal(await web3.eth.getChainId(), BigInt(await web3.eth.net.getId()));
  assert.ok((await web3.eth.getBalance(mnemonicToAccount(mnemonic, { addressIndex: 9 }).address)) > 10n ** 21n);
  assert.ok((await web3.eth.getGasPrice()) >= 10n ** 9n);
});

test('web3: EIP-1559 and legacy transfers with receipts', async () => {
  account(3);
  const from = mnemonicToAccount(mnemonic, { addressIndex: 3 }).address;
  for (const extra of [{}, { gasPrice: 5n * 10n ** 9n, type: 0 }]) {
    const to = fresh();
    const receipt = await web3.eth.sendTransaction({ from, to, value: 12345n, gas: 21000n, ...extra });
    assert.equal(receipt.status, 1n);
    assert.equal(await web3.eth.getBalance(to), 12345n);
    const block = await web3.eth.getBlock(receipt.blockNumber, true);
    assert.equal(block.hash, receipt.blockHash);
  }
});

test('web3: contract call, event and past logs of Staking', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const staking = new web3.eth.Contract(abi, address);
  assert.ok((await staking.methods.totalBonded().call()) > 0n);
  const past = await staking.getPastEvents('allEvents', { fromBlock: 0, toBlock: 'latest' });
  assert.ok(Array.isArray(past));
});

test('web3: a subscription to new heads over WebSocket', async () => {
  const socket = new Web3(wsUrl);
  const subscription = await socket.eth.subscribe('newHeads');
  const head = await new Promise((resolve, reject) => { subscription.on('data', resolve); subscription.on('error', reject); });
  assert.match(head.hash ?? head.parentHash, /^0x[0-9a-f]{64}$/);
  await subscription.unsubscribe();
  socket.currentProvider.disconnect();
});

test('web3: pending count follows what was just sent', async () => {
  account(4);
  await waitForBlocks(1);
  const from = mnemonicToAccount(mnemonic, { addressIndex: 4 }).address;
  const before = await web3.eth.getTransactionCount(from, 'pending');
  await web3.eth.sendTransaction({ from, to: fresh(), value: 1n, gas: 21000n });
  assert.equal(await web3.eth.getTransactionCount(from, 'pending'), before + 1n);
});
